/** An app with a real video in it, and what a test sees of it. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Frame } from 'playwright-core'

const CLIP = fileURLToPath(new URL('../fixtures/clip.webm', import.meta.url))

/** Red until 4 s, green until 8 s, blue until 12 s. */
export async function videoApp(title = 'video'): Promise<Record<string, string | Uint8Array>> {
  return {
    'index.html': `<!doctype html><meta charset="utf-8"><title>${title}</title>
<video src="media/clip.webm" muted playsinline preload="auto" width="160" height="90"></video>
<script>parent.larder?.ready?.()</script>`,
    'media/clip.webm': new Uint8Array(await readFile(CLIP)),
  }
}

export interface SeekAnswer {
  readonly color: 'red' | 'green' | 'blue' | 'none'
  readonly error: string | null
}

/** Seeks and tells the colour of the picture that is there then. */
export function seekTo(frame: Frame, seconds: number): Promise<SeekAnswer> {
  return frame.evaluate(async at => {
    const video = document.querySelector('video')
    if (!video) return { color: 'none', error: 'no video' } as const
    const ended = (...names: string[]) =>
      new Promise<void>(resolve => {
        for (const name of [...names, 'error']) video.addEventListener(name, () => resolve(), { once: true })
      })
    const failed = () => ({ color: 'none', error: video.error?.message ?? '' }) as const
    if (video.readyState < 1 && !video.error) await ended('loadedmetadata')
    if (video.error) return failed()
    const seeked = ended('seeked')
    // The picture of the new place comes to the screen later than the event; none comes where it is there already.
    const shown = new Promise<void>(resolve => {
      const look = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
        if (Math.abs(mediaTime - at) < 1) resolve()
        else video.requestVideoFrameCallback(look)
      }
      video.requestVideoFrameCallback(look)
      setTimeout(resolve, 2_000)
    })
    video.currentTime = at
    await seeked
    if (video.error) return failed()
    await shown
    const canvas = document.createElement('canvas')
    canvas.width = 16
    canvas.height = 9
    const context = canvas.getContext('2d')
    context?.drawImage(video, 0, 0, 16, 9)
    const [red = 0, green = 0, blue = 0] = context?.getImageData(8, 4, 1, 1).data ?? []
    const top = Math.max(red, green, blue)
    const color = top < 60 ? 'none' : top === red ? 'red' : top === green ? 'green' : 'blue'
    return { color, error: null } as const
  }, seconds)
}
