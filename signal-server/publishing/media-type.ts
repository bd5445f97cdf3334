/**
 * The media type a published file is served with, from its name alone. It is written into the manifest, so that every kiosk
 * serves the file the same way, whatever its browser would guess.
 */
import mime from 'mime'

const UNKNOWN = 'application/octet-stream'

/**
 * By extension; `application/octet-stream` where there is none or it is not known. Text types say `charset=utf-8`, as a file
 * without a declaration would otherwise be read in the kiosk's locale.
 */
export function mediaTypeOf(path: string): string {
  // With a slash in front, "html" is a file without an extension rather than an extension.
  const type = mime.getType(`/${path}`) ?? UNKNOWN
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type
}
