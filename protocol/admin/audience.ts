/** Who gets the next release of a package, when, and what that moves: asked before it is published. */
import * as v from 'valibot'
import { countSchema, profileNameSchema, siteNameSchema } from '../primitives.ts'

/** The query of `GET /api/packages/:package/audience`. */
export const audienceQueryEntries = {
  /** What a device lacks of it, as it travels; 0 where that is not known yet. */
  bytes: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'must be a number of bytes'), v.transform(Number)),
    '0',
  ),
}

/** `GET /api/packages/:package/audience` */
export const audienceSchema = v.object({
  /** Accepted devices of the sites below: all, and those that are offline and get it when they are back. */
  devices: countSchema,
  offline: countSchema,
  /** Estimate of what crosses the uplinks of all sites until every device has it. */
  uplinkBytes: countSchema,
  sites: v.array(
    v.object({
      site: siteNameSchema,
      profile: profileNameSchema,
      devices: countSchema,
      offline: countSchema,
      storesOnline: countSchema,
      /** When kiosks may fetch a release published now: "until 22:00 kiosks wait; from 22:00 stores only". */
      kiosks: v.string(),
      /** When it goes on the screens, in a sentence. */
      takeover: v.string(),
      uplinkBytes: countSchema,
    }),
  ),
  /** Profiles that stay with another release, with the sites that therefore do not get it. */
  pinned: v.array(v.object({ profile: profileNameSchema, release: countSchema, sites: countSchema })),
})
export type Audience = v.InferOutput<typeof audienceSchema>
