/**
 * Runs asynchronous work one at a time for each key. Asked again while it runs, it runs once more afterwards, however often
 * it was asked: the last run began after the last request, so an old answer never overwrites a newer one.
 */
export function runLatest(
  onError: (error: unknown) => void,
): (key: string, work: () => Promise<void>) => void {
  const next = new Map<string, (() => Promise<void>) | null>()

  async function run(key: string, first: () => Promise<void>): Promise<void> {
    for (let work: (() => Promise<void>) | null = first; work !== null; work = next.get(key) ?? null) {
      next.set(key, null)
      try {
        await work()
      } catch (error) {
        onError(error)
      }
    }
    next.delete(key)
  }

  return (key, work) => {
    if (next.has(key)) next.set(key, work)
    else void run(key, work)
  }
}
