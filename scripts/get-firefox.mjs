// Getting a Firefox for the tests that need a second engine, where there is none: Debian's package.
//
// Looking for one that is already there is scripts/find-browsers.mjs. Installs nothing on a system it does not know, and a
// machine without one skips those tests.

import { installPackages, isDebianLike, mayInstall } from './debian-packages.mjs'

/**
 * Installs a Firefox if that is possible here; else says which tests are skipped and what to do.
 * @param {(line: string) => void} log
 */
export async function getFirefox(log) {
  if (!mayInstall()) {
    const advice = isDebianLike() ? '`sudo apt-get install firefox-esr`' : 'install Firefox'
    log(
      `No Firefox found: the tests that need one are skipped. To run them, ${advice}, or set LARDER_FIREFOX.`,
    )
    return
  }
  log("No Firefox found. Installing Debian's firefox-esr with apt-get …")
  const installed = await installPackages(['firefox-esr'])
  if (!installed.ok) log(`${installed.problem} The tests that need a Firefox are skipped.`)
}
