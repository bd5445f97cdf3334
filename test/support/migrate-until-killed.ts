/**
 * A separate process that brings the records at the given path up to date and kills itself at the given moment: `before-copy`,
 * `after-copy`, `statement:N` (before the N-th statement of the transaction), or `after-commit`. Run by the migration's test.
 */
import { copyBeforeMigration } from '../../signal-server/records/copy-before-migration.ts'
import { migrate } from '../../signal-server/records/migrations.ts'
import { openRecords } from '../../signal-server/records/records.ts'
import { openSqlite } from '../../signal-server/records/sqlite.ts'
import { countStatements } from './count-statements.ts'

const [path = '', moment = ''] = process.argv.slice(2)

/** Returns only when the process is gone, that is never. */
function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}

const openOptions = { path, randomBytes: (length: number) => new Uint8Array(length) }
const [kind, number] = moment.split(':')
if (kind === 'before-copy') await openRecords({ ...openOptions, beforeMigration: dieAtOnce })
else if (kind === 'after-commit') await openRecords({ ...openOptions, onMigrated: dieAtOnce })
else if (kind === 'after-copy')
  await migrate(openSqlite(path), migration => {
    copyBeforeMigration(path, migration)
    dieAtOnce()
  })
else if (kind === 'statement')
  await migrate(
    countStatements(openSqlite(path), count => {
      if (count === Number(number)) dieAtOnce()
    }),
    migration => void copyBeforeMigration(path, migration),
  )
else await openRecords(openOptions)
