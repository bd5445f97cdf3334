/** `/api/enrolment-tokens`: links that bring devices into the fleet, made, listed and revoked. */
import { hash } from 'node:crypto'
import {
  enrolmentLinkIdSchema,
  enrolmentLinkListSchema,
  enrolmentTokenPostSchema,
  enrolmentTokenViewSchema,
} from '../../protocol/admin/enrolment.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { randomEnrolmentToken } from '../random.ts'
import {
  deleteEnrolmentLink,
  type EnrolmentLink,
  insertEnrolmentToken,
  listEnrolmentLinks,
} from '../records/enrolment.ts'
import { findSite } from '../records/sites.ts'
import type { AdminDeps } from './deps.ts'
import { linkWarnings } from './link-warnings.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'
import { unknownSite } from './site-routes.ts'

export function enrolmentRoutes({
  records,
  enrolmentUrl,
  randomBytes,
  clock,
}: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'GET',
        path: '/api/enrolment-tokens',
        summary: 'Enrolment links that have not expired, newest first, used up ones too; never their tokens',
        answer: enrolmentLinkListSchema,
      },
      async () => ({
        links: (await listEnrolmentLinks(records.db, clock())).map(linkView),
        nextCursor: null,
      }),
    ),
    route(
      {
        method: 'POST',
        path: '/api/enrolment-tokens',
        summary: 'Make an enrolment link for a site and a role; it is shown once',
        body: enrolmentTokenPostSchema,
        answer: enrolmentTokenViewSchema,
        statuses: [201],
        refusals: ['content-invalid'],
      },
      async ({ body: { site, role, uses, expiresInS }, actor }) => {
        const token = randomEnrolmentToken(randomBytes)
        const now = clock()
        const expiresAt = now + expiresInS * 1000
        const id = await records.change(actor, now, async trx => {
          if ((await findSite(trx, site)) === null) throw unknownSite(site, 'content-invalid')
          const tokenHash = hash('sha256', token, 'hex')
          const id = await insertEnrolmentToken(trx, { tokenHash, site, role, uses, expiresAt }, now)
          const after = { id, role, uses, expiresAt: toInstant(expiresAt) }
          return { result: id, audit: { action: 'enrolment-token.create', target: `site:${site}`, after } }
        })
        const url = enrolmentUrl(token)
        return { id, token, url, expiresAt: toInstant(expiresAt), warnings: linkWarnings(url) }
      },
    ),
    route(
      {
        method: 'DELETE',
        path: '/api/enrolment-tokens/:token',
        summary: 'Revoke an enrolment link, by its id; devices that enrolled with it stay',
        params: { token: enrolmentLinkIdSchema },
        answer: null,
        refusals: ['not-found'],
      },
      async ({ params: { token: id }, actor }) => {
        const now = clock()
        await records.change(actor, now, async trx => {
          const link = (await listEnrolmentLinks(trx, now)).find(one => one.id === id)
          if (link === undefined)
            throw new Refusal(
              'not-found',
              `There is no enrolment link ${id}; it may have expired. List the links with: larder enrol list`,
            )
          await deleteEnrolmentLink(trx, id)
          const { site, ...before } = linkView(link)
          return {
            result: null,
            audit: { action: 'enrolment-token.revoke', target: `site:${site}`, before },
          }
        })
        return null
      },
    ),
  ]
}

const linkView = ({ createdAt, expiresAt, ...link }: EnrolmentLink) => ({
  ...link,
  createdAt: toInstant(createdAt),
  expiresAt: toInstant(expiresAt),
})
