/**
 * A separate disk that a test can fill, and make read-only: a small tmpfs below the test's temporary folder. Only root on
 * Linux can mount one; elsewhere the test is skipped.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryDirectory, withCleanup } from './cleanup.ts'

export interface SmallDisk {
  readonly path: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  /** Read-only, or to be written again. Nothing may be open for writing on it. */
  remount(mode: 'ro' | 'rw'): void
}

/** Why there can be no small disk here; false where there can. For the `skip` of a test. */
export const noSmallDisk =
  process.getuid?.() === 0 && process.platform === 'linux' && canMount()
    ? false
    : 'a small disk can only be mounted by root on Linux'

/** Mounts one; it is gone with the test. */
export async function mountSmallDisk(t: TestContext, sizeBytes: number): Promise<SmallDisk> {
  const path = await temporaryDirectory(t)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=0700`, 'tmpfs', path])
  withCleanup(t).defer(() => execFileSync('umount', ['--lazy', path]))
  const ballast = join(path, 'ballast')
  return {
    path,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    remount: mode => void execFileSync('mount', ['-o', `remount,${mode}`, path]),
  }
}

const BLOCK_BYTES = 4096

function fill(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (let sizeBytes = 1024 * 1024; sizeBytes >= BLOCK_BYTES; sizeBytes /= 4) fillWith(file, sizeBytes)
  } finally {
    closeSync(file)
  }
}

/** Until a write of this size does not fit. */
function fillWith(file: number, sizeBytes: number): void {
  const bytes = new Uint8Array(sizeBytes)
  try {
    for (;;) writeSync(file, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
