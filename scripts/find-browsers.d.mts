/**
 * Absolute path of the Chromium to drive, or null when there is none: `LARDER_CHROMIUM`, else playwright-core's
 * download, else one installed on this machine. Throws when LARDER_CHROMIUM names no executable file.
 */
export function findChromium(): Promise<string | null>

/**
 * Absolute path of the Firefox to drive, or null when there is none: `LARDER_FIREFOX`, else one installed on this
 * machine. Throws when LARDER_FIREFOX names no executable file.
 */
export function findFirefox(): string | null
