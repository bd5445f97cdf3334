/** Every check there is, from what everything else needs to what needs everything else. */
import { browserChecks } from './browser-checks.ts'
import type { Check } from './finding.ts'
import { kioskChecks } from './kiosk-checks.ts'
import { networkChecks } from './network-checks.ts'

export const allChecks: readonly Check[] = [...browserChecks, ...networkChecks, ...kioskChecks]
