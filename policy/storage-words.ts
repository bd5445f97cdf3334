/** What is said about room on a device's disk: what is missing, and what helps. */

/**
 * Says what `what` needs and does not get. `missingBytes` is raw size, at least what is needed on the disk, so it is an
 * upper bound.
 */
export function shortageSentence(what: string, missingBytes: number, kind: 'disk' | 'memory'): string {
  const megabytes = `${Math.max(1, Math.ceil(missingBytes / 1e6))} MB`
  return kind === 'disk'
    ? `${what} needs up to ${megabytes} more than this disk gives: free ${megabytes} on it, or assign less to this device`
    : `${what} needs up to ${megabytes} more than fits into memory, and the disk cannot be used: mend the disk or browser profile`
}
