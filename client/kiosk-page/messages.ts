/** What the service worker and the kiosk page say to each other. Both come from the same build. */

/**
 * Worker to page, with a port for the answer: a chunk that should be here is missing or is not what its digest says, and
 * has to be fetched again. The answer is true when the page can be expected to do so.
 */
export interface RottenChunkMessage {
  readonly type: 'larder-rotten-chunk'
  readonly digest: string
}
/** Worker to page: the manifest of an active release cannot be read. */
export interface RottenManifestMessage {
  readonly type: 'larder-rotten-manifest'
  readonly digest: string
}
/** Worker to page, with a port for the answer: the value of a page that keeps its stores in memory, else null. */
export interface ReadFromPageMessage {
  readonly type: 'larder-read'
  readonly store: 'chunk' | 'record'
  readonly key: string
}
/** Page to worker, with a port for the answer, a `PageFilesCheck`: every file of the kiosk page is to be looked at. */
export interface CheckPageFilesMessage {
  readonly type: 'larder-check-page-files'
}
/** A worker that could not be installed to every kiosk page; `message`: why and what to do, as sentences. */
export interface InstallFailedMessage {
  readonly type: 'larder-install-failed'
  readonly message: string
  /** Something between this device and the server changes the files of the page; it does not pass by itself. */
  readonly isAltered: boolean
}
export type WorkerMessage =
  | RottenChunkMessage
  | RottenManifestMessage
  | ReadFromPageMessage
  | InstallFailedMessage

export function isWorkerMessage(data: unknown): data is WorkerMessage {
  return typeof data === 'object' && data !== null && String(Reflect.get(data, 'type')).startsWith('larder-')
}

/** Marks the worker's own pages, so that the kiosk page does not take one for the app: `<meta name=… content=503>`. */
export const STATUS_META_NAME = 'larder-status'

export function isCheckPageFilesMessage(data: unknown): data is CheckPageFilesMessage {
  return typeof data === 'object' && data !== null && Reflect.get(data, 'type') === 'larder-check-page-files'
}
