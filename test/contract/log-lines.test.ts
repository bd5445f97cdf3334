/** The lines of the log on a descriptor that cannot be written, for a while or for ever. */
import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type FileCalls, LogLines } from '../../signal-server/log-lines.ts'
import { withCleanup } from '../support/cleanup.ts'
import { mountSmallDisk, noSmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

const MIB = 1024 * 1024
const LINE = `${'x'.repeat(1023)}\n`

test('lines that find no room are lost and counted; what was kept and the count are written once there is room', {
  skip: noSmallDisk,
}, async t => {
  const disk = await mountSmallDisk(t, 8 * MIB)
  const path = join(disk.path, 'log')
  const fd = openSync(path, 'a')
  withCleanup(t).defer(() => closeSync(fd))
  disk.fill()
  const lines: LogLines = new LogLines(fd, { onLost: lost => lines.write(`${lost} lost\n`) })
  for (let nth = 0; nth < 3000; nth++) lines.write(LINE)
  await lines.drain(100)
  assert.equal(readFileSync(path, 'utf8'), '')
  disk.free()
  await until('the count is written', () => / lost\n$/.test(readFileSync(path, 'utf8')))
  const written = readFileSync(path, 'utf8').trimEnd().split('\n')
  const lost = Number.parseInt(written.at(-1) ?? '', 10)
  assert.ok(lost > 0 && written.slice(0, -1).every(line => `${line}\n` === LINE))
  assert.equal(written.length - 1 + lost, 3000)
  lines.write('afterwards\n')
  await lines.drain(5000)
  assert.match(readFileSync(path, 'utf8'), / lost\nafterwards\n$/)
})

interface Case {
  readonly what: string
  /** What each write does in turn: an error's code, or how many bytes it takes; the last goes on. */
  readonly writes: readonly (string | number | 'never')[]
  readonly written: string
  readonly isStuck?: boolean
}

const CASES: readonly Case[] = [
  { what: 'a write that takes a part is continued', writes: [1, 2, 100], written: 'one\ntwo\n' },
  { what: 'a pipe that is full is tried again', writes: ['EAGAIN', 'EAGAIN', 100], written: 'one\ntwo\n' },
  { what: 'an error of the disk is tried again', writes: ['EIO', 100], written: 'one\ntwo\n' },
  { what: 'a closed pipe holds nothing up', writes: ['EPIPE'], written: '' },
  { what: 'a write that never comes back is not waited for', writes: ['never'], written: '', isStuck: true },
]

for (const { what, writes, written, isStuck = false } of CASES) {
  test(what, async () => {
    let text = ''
    let nth = 0
    const calls: FileCalls = {
      write(_fd, bytes, done) {
        const outcome = writes[Math.min(nth++, writes.length - 1)]
        if (outcome === 'never') return
        if (typeof outcome === 'string') return done(Object.assign(new Error(outcome), { code: outcome }), 0)
        const taken = bytes.subarray(0, outcome)
        text += new TextDecoder().decode(taken)
        done(null, taken.length)
      },
      writeSync: () => assert.fail('it is not needed'),
    }
    const lines = new LogLines(1, { onLost: () => assert.fail('nothing is lost'), calls })
    lines.write('one\n')
    lines.write('two\n')
    const begunAt = performance.now()
    await lines.drain(1500)
    assert.equal(text, written)
    assert.equal(lines.isStuck, isStuck)
    assert.ok(performance.now() - begunAt < 10_000)
  })
}
