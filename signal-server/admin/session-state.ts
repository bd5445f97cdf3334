/** Who is logged in, and the ways in and out. The cookie itself is out of this page's reach. */
import type * as v from 'valibot'
import { sessionViewSchema } from '../../protocol/admin/session.ts'
import { type ApiProblem, api, problemIn, whenUnauthenticated } from './api.ts'
import { live } from './live.ts'
import { Store } from './store.ts'

export type SessionView = v.InferOutput<typeof sessionViewSchema>

export type SessionState =
  | { readonly name: 'asking' }
  | { readonly name: 'unreachable'; readonly problem: ApiProblem }
  | { readonly name: 'out'; readonly passwordSet: boolean; readonly ended: boolean }
  | { readonly name: 'in'; readonly view: SessionView }

export const session = new Store<SessionState>({ name: 'asking' })

function take(view: SessionView, ended = false): void {
  if (view.authenticated) {
    session.set({ name: 'in', view })
    live.start()
  } else {
    live.stop()
    session.set({ name: 'out', passwordSet: view.passwordSet, ended })
  }
}

/** Asks the server who we are. */
export async function askSession(ended = false): Promise<void> {
  try {
    take(await api.get('session', sessionViewSchema), ended)
  } catch (error) {
    session.set({ name: 'unreachable', problem: problemIn(error) })
  }
}

/** @throws ApiProblem when the password is wrong, or tried too often (`retryAt`). */
export async function logIn(password: string): Promise<void> {
  take(await api.post('session', sessionViewSchema, { body: { password } }))
}

/** With a password it becomes the new one. @throws ApiProblem */
export async function logInByLink(code: string, password?: string): Promise<void> {
  const body = password === undefined ? { code } : { code, password }
  take(await api.post('session/link', sessionViewSchema, { body }))
}

export async function logOut(): Promise<void> {
  await api.act('DELETE', 'session').catch(() => {})
  await askSession()
}

/** Logs in and out at the same moment ask once. */
export function watchForLogout(): void {
  whenUnauthenticated(() => {
    if (session.value.name === 'in') void askSession(true)
  })
}
