/** An administrator's browser as far as the admin API can tell: it keeps the session cookie and says where it comes from. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { insertAdminLink } from '../../signal-server/records/admin-links.ts'
import type { AdminStage, Answer } from './admin-stage.ts'

export class AdminBrowser {
  readonly #stage: AdminStage
  readonly #address: string
  #cookie: { readonly name: string; readonly value: string } | null = null

  constructor(stage: AdminStage, address = '192.0.2.1') {
    this.#stage = stage
    this.#address = address
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.#stage.call(method, path, body, {
      authorization: '',
      host: 'admin.test',
      origin: 'http://admin.test',
      'sec-fetch-site': 'same-origin',
      'x-test-address': this.#address,
      ...(this.#cookie && { cookie: `${this.#cookie.name}=${this.#cookie.value}` }),
      ...headers,
    })
    const set = answer.headers.get('set-cookie')
    if (set !== null) this.#keep(set)
    return answer
  }

  /** The cookie as it would be sent; null when the browser has none. */
  get cookie(): string | null {
    return this.#cookie && `${this.#cookie.name}=${this.#cookie.value}`
  }

  /** As a copy of the browser would be, with the same cookie. */
  twin(): AdminBrowser {
    const twin = new AdminBrowser(this.#stage, this.#address)
    twin.#cookie = this.#cookie
    return twin
  }

  /** Sets the password with a fresh one-time link, as on a first start. */
  async enter(password = PASSWORD): Promise<Answer> {
    const code = await makeLink(this.#stage)
    const answer = await this.call('POST', '/api/session/link', { code, password })
    assert.equal(answer.status, 200)
    return answer
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
    this.#cookie = /Max-Age=0/i.test(set) || value === '' ? null : { name, value }
  }
}

export const PASSWORD = 'correct horse battery'

/** The code of a one-time link, as `larder admin-link` would have made it. */
export async function makeLink(stage: AdminStage): Promise<string> {
  const code = crypto.randomUUID()
  await insertAdminLink(stage.records.db, hash('sha256', code, 'hex'), stage.now)
  return code
}
