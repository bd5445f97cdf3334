/** Reads what the server answers. All text of others that the page shows comes this way. */

/** They turn around what stands beside them, so that a name in a sentence makes the sentence say something else. */
const DIRECTION_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/g

/** JSON text with a sign (�) in place of each direction override, as messages of the server have it. */
export const withoutOverrides = (json: string): string => json.replace(DIRECTION_OVERRIDES, '\ufffd')

/** The body of an answer; null when it is no JSON. */
export async function readJson(response: Response): Promise<unknown> {
  try {
    return JSON.parse(withoutOverrides(await response.text()))
  } catch {
    return null
  }
}
