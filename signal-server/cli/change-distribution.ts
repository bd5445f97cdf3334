/** Shows, and if something is asked for changes, how a package of a profile is handed out: windows and takeover are one resource. */
import {
  type DistributionPut,
  type DistributionView,
  distributionViewSchema,
} from '../../protocol/admin-api.ts'
import { connect, type RemoteOptions } from './admin-client.ts'
import type { CliIo } from './io.ts'

/** What is undefined stays as it is; with nothing else this only reads. */
export type DistributionChange = {
  readonly [K in keyof Omit<DistributionPut, 'revision'>]?: DistributionPut[K] | undefined
}

/** The distribution afterwards. @throws Failure as every request does, also when somebody else changed it in between */
export async function changeDistribution(
  options: RemoteOptions & { readonly profile: string },
  io: CliIo,
  packageName: string,
  change: DistributionChange,
): Promise<DistributionView> {
  const client = connect(options, io)
  const segments = ['profiles', options.profile, 'packages', packageName, 'distribution']
  const view = await client.request('GET', segments, distributionViewSchema)
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length === 0) return view
  const body: DistributionPut = { ...view.distribution, ...given, revision: view.revision }
  return client.request('PUT', segments, distributionViewSchema, { json: body })
}
