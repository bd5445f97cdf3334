/**
 * Why a file of the kiosk page could not be had from the server, and the words for it. Pure.
 */
import { networkLoginAdvice, webPageAnswerWords } from '../../web-page-answer.ts'
import { pageFileWords } from '../page-file-names.ts'

/** From the one that says most to the one that says least. */
const FAULTS = ['altered', 'login-page', 'other-build', 'refused', 'no-answer'] as const
export type PageFileFault = (typeof FAULTS)[number]

/** `cause`: a clause about files; `advice`: a sentence. */
export const pageFileFaultWords: Readonly<Record<PageFileFault, { cause: string; advice: string }>> = {
  altered: {
    cause:
      'something between this device and the server changes them on the way, such as a proxy or a content filter',
    advice: 'Have it pass on what this server sends without changes.',
  },
  'login-page': { cause: webPageAnswerWords, advice: networkLoginAdvice },
  'other-build': {
    cause: 'the server has another build of this page by now',
    advice: 'It is taken as soon as all of it can be fetched.',
  },
  refused: {
    cause: 'the server, or a proxy before it, refuses them',
    advice: 'Look into the logs of both.',
  },
  'no-answer': {
    cause: 'the server does not answer',
    advice: 'Check that the server can be reached from here.',
  },
}

/** Null for none. */
export const mainFault = (faults: Iterable<PageFileFault>): PageFileFault | null => {
  const all = new Set(faults)
  return FAULTS.find(fault => all.has(fault)) ?? null
}

/** Why the page could not be installed, as sentences. `paths`: of the files that could not be had. */
export const installFaultWords = (paths: readonly string[], fault: PageFileFault): string => {
  const { cause, advice } = pageFileFaultWords[fault]
  return `Files of this page could not be fetched (${pageFileWords(paths)}): ${cause}. ${advice}`
}
