/**
 * What distribution options would do, before they are saved: the phases they make, and what the fleet would do now.
 * The page may import only protocol/, so the phases and their words come from here.
 */
import * as v from 'valibot'
import { distributionSchema, updateOptionsSchema, windowsViewSchema } from '../admin-api.ts'
import {
  countSchema,
  packageNameSchema,
  profileNameSchema,
  releaseNumberSchema,
  roleSchema,
  siteNameSchema,
} from '../primitives.ts'
import { isoTextSchema } from './iso-text.ts'

/** `POST /api/profiles/:profile/packages/:package/distribution/preview` */
export const previewPostSchema = v.strictObject({
  distribution: distributionSchema,
  /** Left out: as it is saved. */
  update: v.optional(updateOptionsSchema),
})
export type PreviewPost = v.InferInput<typeof previewPostSchema>

/** A stretch of time in which the answer stays the same. */
export const windowPhaseSchema = v.object({
  /** Null: from the beginning. */
  from: v.nullable(isoTextSchema),
  /** Null: for good. */
  until: v.nullable(isoTextSchema),
  isNow: v.boolean(),
  stores: v.picklist(['open', 'closed']),
  server: v.picklist(['open', 'closed']),
  order: v.array(v.picklist(['stores', 'server'])),
  /** What holds, without times: "kiosks wait", "stores only", "stores first, then server", "server only". */
  words: v.string(),
  /** With its times in the site's zone: "22:00 to 02:00 stores only". */
  sentence: v.string(),
})
export type WindowPhaseView = v.InferOutput<typeof windowPhaseSchema>

const phasesOfRoleSchema = v.object({
  role: roleSchema,
  /** In order, without gaps, at least one. */
  phases: v.array(windowPhaseSchema),
  /** All of them: "until 22:00 kiosks wait; 22:00 to 02:00 stores only; from 02:00 stores first, then server". */
  sentence: v.string(),
})
export type PhasesOfRole = v.InferOutput<typeof phasesOfRoleSchema>

/** Devices that do not run the release yet, by what they may do now. */
const outlookSchema = v.object({
  waiting: countSchema,
  /** Those that may fetch from something, whether it is there or not: the three below together. */
  open: countSchema,
  storesOnly: countSchema,
  serverOnly: countSchema,
  storesThenServer: countSchema,
  /** Estimate of what crosses the site's uplink until all of them run the release. */
  uplinkBytes: countSchema,
})
export type Outlook = v.InferOutput<typeof outlookSchema>

const effectEntries = {
  /** Accepted devices that are to run the release: all, and those that run it already. */
  devices: countSchema,
  done: countSchema,
  /** As the options are saved now, and as they would be. */
  before: outlookSchema,
  after: outlookSchema,
  /** Devices that wait before and may fetch after, and the other way round. */
  opening: countSchema,
  closing: countSchema,
  /** One copy for each site, which is the least, and one for each device, which is the most. */
  leastUplinkBytes: countSchema,
  mostUplinkBytes: countSchema,
}

/** `POST …/distribution/preview` */
export const previewSchema = v.object({
  profile: profileNameSchema,
  package: packageNameSchema,
  at: isoTextSchema,
  sites: v.array(
    v.object({
      site: siteNameSchema,
      timeZone: v.string(),
      /** Null: there is no such release yet, and the windows are those of one published now. */
      release: v.nullable(releaseNumberSchema),
      /** The profile that gives this site the package instead of this one; then nothing changes there. */
      overriddenBy: v.nullable(profileNameSchema),
      windows: windowsViewSchema,
      kiosks: phasesOfRoleSchema,
      stores: phasesOfRoleSchema,
      /** When a release that is complete goes on the screens there, in a sentence. */
      takeover: v.string(),
      storesOnline: countSchema,
      ...effectEntries,
    }),
  ),
  /** Over all sites. */
  total: v.object(effectEntries),
  /** For a profile without sites, the phases as they would be in UTC. */
  example: v.nullable(
    v.object({
      timeZone: v.string(),
      windows: windowsViewSchema,
      kiosks: phasesOfRoleSchema,
      stores: phasesOfRoleSchema,
      takeover: v.string(),
    }),
  ),
  warnings: v.array(v.object({ code: v.string(), message: v.string(), sites: v.array(siteNameSchema) })),
})
export type Preview = v.InferOutput<typeof previewSchema>
