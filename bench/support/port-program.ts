/** A server in a process of its own, which prints its port on a line once it listens. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface PortProgram {
  readonly port: number
  readonly pid: number
  close(): Promise<void>
}

/** @param prefix put before the command, such as `ip netns exec origin` */
export async function startPortProgram(
  file: string,
  args: readonly string[],
  prefix: readonly string[] = [],
): Promise<PortProgram> {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, file, ...args]
  const child: ChildProcess = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', text => resolve(Number(text)))
    child.once('error', reject)
    child.once('close', () => reject(new Error(`${file} ended before it listened`)))
  })
  return {
    port,
    pid: child.pid ?? 0,
    close: async () => {
      child.kill()
      await closed
    },
  }
}
