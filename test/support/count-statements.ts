/** Counts the statements that go to a database. */
import type { Kysely, KyselyPlugin } from 'kysely'

/** The same database, which calls `onStatement` with 1, 2, 3 … before each statement but `begin` and `commit`. */
export function countStatements<T>(db: Kysely<T>, onStatement: (count: number) => void): Kysely<T> {
  let count = 0
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      count++
      onStatement(count)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return db.withPlugin(plugin)
}
