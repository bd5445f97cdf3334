/** The `larder` commands run inside the test's process, which is quick; `larder-process.ts` runs the real thing. */
import type { CliIo } from '../../signal-server/cli/io.ts'
import { runCli } from '../../signal-server/cli/program.ts'

export interface CliRun {
  readonly code: 0 | 1 | 2
  readonly stdout: string
  readonly stderr: string
}

export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  let stdout = ''
  let stderr = ''
  const io: CliIo = {
    out(text) {
      stdout += text
    },
    err(text) {
      stderr += text
    },
    outliveOutput: () => undefined,
    isWatched: false,
    env,
    now: () => Date.now(),
  }
  const code = await runCli(args, io)
  return { code, stdout, stderr }
}
