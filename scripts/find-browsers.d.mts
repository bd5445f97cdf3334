/**
 * Absolute path of the Chromium to drive, or null when there is none: `LARDER_CHROMIUM`, else playwright-core's
 * download, else one installed on this machine. Throws when LARDER_CHROMIUM names no executable file.
 */
export function findChromium(): Promise<string | null>

/** Absolute path of a Chromium with tabs that can hide one another (no headless shell), or null when there is none. */
export function findChromiumWithTabs(): string | null

/**
 * Absolute path of the Firefox to drive, or null when there is none: `LARDER_FIREFOX`, else one installed on this
 * machine. Throws when LARDER_FIREFOX names no executable file.
 */
export function findFirefox(): string | null
