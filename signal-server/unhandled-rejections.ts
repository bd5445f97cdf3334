/**
 * The last resort for a promise that fails and that nothing handles: it is logged as the bug that it is, and devices and
 * administrators are served on. What is thrown outside promises still ends the process, since its state is unknown then.
 */
export function surviveUnhandledRejections(log: {
  error(fields: object, message: string): void
}): () => void {
  const onRejection = (error: unknown) =>
    log.error({ err: error }, 'a failure was not handled; the server goes on')
  process.on('unhandledRejection', onRejection)
  return () => void process.off('unhandledRejection', onRejection)
}
