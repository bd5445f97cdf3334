/** CPU time and memory of processes with all their descendants, from /proc: Linux only. */
import { readdir, readFile } from 'node:fs/promises'

export interface Usage {
  /** User and system time of what lives, and of what its members have waited for. */
  readonly cpuMs: number
  /** Memory that is really theirs: shared pages count in parts (PSS). */
  readonly memoryBytes: number
  readonly processes: number
}

/** `USER_HZ`, which Linux fixes for what it shows in /proc. */
const TICK_MS = 10

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly cpuMs: number
}

/** Of these processes and everything below them. */
export async function usageOfTrees(roots: readonly number[]): Promise<Usage> {
  const tree = await treesOf(roots)
  const memory = await Promise.all(tree.map(({ pid }) => memoryOf(pid)))
  return {
    cpuMs: tree.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0),
    processes: tree.length,
  }
}

/** Memory (PSS) of those below the roots whose command line holds this text, such as `--type=renderer`. */
export async function memoryBelow(roots: readonly number[], text: string): Promise<number> {
  const wanted = new Set(await processesWith(text))
  const tree = (await treesOf(roots)).filter(({ pid }) => wanted.has(pid))
  const memory = await Promise.all(tree.map(({ pid }) => memoryOf(pid)))
  return memory.reduce((sum, bytes) => sum + bytes, 0)
}

async function treesOf(roots: readonly number[]): Promise<Stat[]> {
  const all = await readStats()
  const wanted = new Set(roots)
  // Parents are mostly older than their children, but process ids wrap around.
  for (let grew = true; grew; ) {
    grew = false
    for (const { pid, parent } of all) {
      if (!wanted.has(parent) || wanted.has(pid)) continue
      wanted.add(pid)
      grew = true
    }
  }
  return all.filter(({ pid }) => wanted.has(pid))
}

/** Processes whose command line holds this text, such as the profile folder of a browser. */
export async function processesWith(text: string): Promise<number[]> {
  const pids = await processIds()
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((pid, at) => pid !== process.pid && lines[at]?.includes(text))
}

/** Resident memory of one process (VmRSS); 0 when it has gone. */
export async function residentBytes(pid: number): Promise<number> {
  return statusField(pid, 'VmRSS')
}

/** The most that was ever resident (VmHWM); 0 when it has gone. */
export async function peakResidentBytes(pid: number): Promise<number> {
  return statusField(pid, 'VmHWM')
}

async function statusField(pid: number, name: string): Promise<number> {
  return kibibytesIn(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''), name)
}

async function memoryOf(pid: number): Promise<number> {
  return kibibytesIn(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''), 'Pss')
}

function kibibytesIn(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
}

async function processIds(): Promise<number[]> {
  return (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
}

async function readStats(): Promise<Stat[]> {
  const texts = await Promise.all(
    (await processIds()).map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  )
  return texts.flatMap(text => {
    // The name in parentheses may hold anything: fields count from its end.
    const end = text.lastIndexOf(')')
    const fields = text.slice(end + 2).split(' ')
    if (end < 0 || fields.length < 15) return []
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
    return [{ pid: Number.parseInt(text, 10), parent: Number(fields[1]), cpuMs: ticks * TICK_MS }]
  })
}
