/**
 * What is to be known of a file beside its bytes when it is published: the media type it is served with, and what in it a kiosk
 * cannot serve. The same for a zip, for a folder on the command line and for a folder that was dropped on the page, so that the
 * same files make the same release. Sees bytes in passing and keeps the beginning of pages and scripts.
 */
import { findKioskWarnings, isScanned, type KioskWarningKind, MAX_SCANNED_BYTES } from './kiosk-warnings.ts'
import { Utf8Check } from './text-encoding.ts'

const UNKNOWN_TYPE = 'application/octet-stream'

/** Media types by name, as the package `mime` knows them. */
export interface MediaTypes {
  getType(path: string): string | null
}

export interface SeenFile {
  /** Written into the manifest, so that every kiosk serves the file the same way, whatever its browser would guess. */
  readonly mediaType: string
  readonly warnings: readonly KioskWarningKind[]
}

export interface FileLook {
  /** The file's next bytes; they are not kept. */
  take(bytes: Uint8Array): void
  end(): SeenFile
}

/**
 * The type is that of the name. Text that is UTF-8 says so, as a file without a declaration would be read in the kiosk's locale; of
 * other text the file's own declaration holds.
 */
export function lookAtFile(path: string, types: MediaTypes): FileLook {
  // With a slash in front, "html" is a file without an extension rather than an extension.
  const type = types.getType(`/${path}`) ?? UNKNOWN_TYPE
  const encoding = type.startsWith('text/') ? new Utf8Check() : null
  const decoder = isScanned(path) ? new TextDecoder() : null
  let text = ''
  let scannedBytes = 0
  return {
    take(bytes) {
      encoding?.take(bytes)
      if (decoder === null || scannedBytes >= MAX_SCANNED_BYTES) return
      const some = bytes.subarray(0, MAX_SCANNED_BYTES - scannedBytes)
      scannedBytes += some.length
      text += decoder.decode(some, { stream: true })
    },
    end() {
      return {
        mediaType: encoding?.isUtf8() ? `${type}; charset=utf-8` : type,
        warnings: findKioskWarnings(path, text),
      }
    },
  }
}
