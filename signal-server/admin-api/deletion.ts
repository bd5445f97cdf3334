/**
 * The two routes of everything that can be deleted: what deleting it would do, and deleting it. Both make the same plan, the
 * second one inside the transaction, so nothing that came into use meanwhile is deleted. Knows nothing of what is deleted.
 */
import type * as v from 'valibot'
import { deletionQueryEntries, deletionSchema } from '../../protocol/admin/deletion.ts'
import type { AdminProblemName } from '../../protocol/problem.ts'
import type { FleetChange } from '../fleet-directory.ts'
import type { Records } from '../records/records.ts'
import type { Db } from '../records/tables.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

export interface DeletionPlan {
  /** `site berlin` */
  readonly subject: string
  readonly effects: readonly string[]
  readonly blockers?: readonly string[]
  readonly cautions?: readonly string[]
  /** What the audit log keeps of it. */
  readonly before: unknown
}

type Fields = Readonly<Record<string, v.GenericSchema>>
type Outputs<P extends Fields> = { readonly [K in keyof P]: v.InferOutput<P[K]> }

interface Deletable<P extends Fields> {
  readonly path: `/api/${string}`
  /** `a site` */
  readonly noun: string
  readonly params: P
  /** Throws a {@link Refusal} where there is no such thing. */
  readonly plan: (db: Db, params: Outputs<P>) => Promise<DeletionPlan>
  /** Runs in a transaction; returns whom it concerns. */
  readonly remove: (trx: Db, params: Outputs<P>) => Promise<FleetChange>
  /** `{ action: 'site.delete', target: 'site:berlin' }` */
  readonly audit: (params: Outputs<P>) => { readonly action: string; readonly target: string }
}

export function deletionRoutes<P extends Fields>(
  { records, clock }: { readonly records: Records; readonly clock: () => number },
  { path, noun, params, plan, remove, audit }: Deletable<P>,
): readonly AdminRoute[] {
  const notFound: readonly AdminProblemName[] = ['not-found']
  return [
    route(
      {
        method: 'GET',
        path: `${path}/deletion`,
        summary: `What deleting ${noun} would do; nothing is changed`,
        params,
        answer: deletionSchema,
        refusals: notFound,
      },
      async ({ params }) => {
        await records.reports.flush()
        return viewOf(await plan(records.db, params))
      },
    ),
    route(
      {
        method: 'DELETE',
        path,
        summary: `Delete ${noun}; the answer says what that did`,
        params,
        query: deletionQueryEntries,
        answer: deletionSchema,
        refusals: [...notFound, 'in-use'],
      },
      async ({ params, query, actor }) => {
        const isForced = query.force === 'true'
        await records.reports.flush()
        return await records.change(actor, clock(), async trx => {
          const planned = await plan(trx, params)
          refuseInUse(planned, isForced)
          const fleetChange = await remove(trx, params)
          return {
            result: viewOf(planned),
            audit: {
              ...audit(params),
              before: planned.before,
              ...(isForced && { after: { force: true } }),
            },
            fleetChange,
          }
        })
      },
    ),
  ]
}

function refuseInUse({ subject, blockers = [], cautions = [] }: DeletionPlan, isForced: boolean): void {
  if (blockers.length > 0) throw new Refusal('in-use', `The ${subject} is in use. ${blockers.join(' ')}`)
  if (cautions.length > 0 && !isForced)
    throw new Refusal(
      'in-use',
      `The ${subject} is in use. ${cautions.join(' ')} To delete it all the same: --force on the command line, force=true in the API.`,
    )
}

const viewOf = ({ subject, effects, blockers = [], cautions = [] }: DeletionPlan) => ({
  subject,
  effects: [...effects],
  blockers: [...blockers],
  cautions: [...cautions],
})
