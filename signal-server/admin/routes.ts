/**
 * The table of the page's places: each with its address, its title, the code it needs, and how it is drawn. The navigation
 * lists those that have a `nav`, in this order.
 */
import { html, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { IconName } from './icons.ts'
import type { Params } from './router.ts'

export interface Route {
  /** `/devices/:device`; the first that fits wins. */
  readonly pattern: string
  readonly title: (params: Params) => string
  /** The entry of the navigation this place belongs to. */
  readonly section: string
  readonly nav?: { readonly label: string; readonly icon: IconName }
  readonly load: () => Promise<unknown>
  readonly render: (params: Params) => TemplateResult
}

export const routes: readonly Route[] = [
  {
    pattern: '/',
    title: () => 'Overview',
    section: 'overview',
    nav: { label: 'Overview', icon: 'overview' },
    load: () => import('./overview/overview-page.ts'),
    render: () => html`<larder-overview-page></larder-overview-page>`,
  },
  {
    pattern: '/devices',
    title: () => 'Devices',
    section: 'devices',
    nav: { label: 'Devices', icon: 'devices' },
    load: () => import('./devices/devices-page.ts'),
    render: () => html`<larder-devices-page></larder-devices-page>`,
  },
  {
    pattern: '/devices/:device',
    title: () => 'Device',
    section: 'devices',
    load: () => import('./devices/device-page.ts'),
    render: ({ device }) => html`<larder-device-page .deviceId=${device}></larder-device-page>`,
  },
  {
    pattern: '/sites',
    title: () => 'Sites',
    section: 'sites',
    nav: { label: 'Sites', icon: 'sites' },
    load: () => import('./sites/sites-page.ts'),
    render: () => html`<larder-sites-page></larder-sites-page>`,
  },
  {
    pattern: '/sites/:site',
    title: ({ site }) => site ?? '',
    section: 'sites',
    load: () => import('./sites/site-page.ts'),
    render: ({ site }) => html`<larder-site-page .site=${site}></larder-site-page>`,
  },
  {
    pattern: '/packages',
    title: () => 'Packages',
    section: 'packages',
    nav: { label: 'Packages', icon: 'packages' },
    load: () => import('./packages/packages-page.ts'),
    render: () => html`<larder-packages-page></larder-packages-page>`,
  },
  {
    pattern: '/publish',
    title: () => 'Publish a package',
    section: 'packages',
    load: () => import('./publishing/publish-page.ts'),
    render: () => html`<larder-publish-page></larder-publish-page>`,
  },
  {
    pattern: '/publish/:package',
    title: params => `Publish ${params.package}`,
    section: 'packages',
    load: () => import('./publishing/publish-page.ts'),
    render: params => html`<larder-publish-page .package=${params.package}></larder-publish-page>`,
  },
  {
    pattern: '/packages/:package',
    title: params => params.package ?? '',
    section: 'packages',
    load: () => import('./packages/package-page.ts'),
    render: params => html`<larder-package-page .package=${params.package}></larder-package-page>`,
  },
  {
    pattern: '/profiles',
    title: () => 'Profiles',
    section: 'profiles',
    nav: { label: 'Profiles', icon: 'profiles' },
    load: () => import('./profiles/profiles-page.ts'),
    render: () => html`<larder-profiles-page></larder-profiles-page>`,
  },
  {
    pattern: '/profiles/:profile',
    title: ({ profile }) => profile ?? '',
    section: 'profiles',
    load: () => import('./profiles/profile-page.ts'),
    render: ({ profile }) =>
      html`${keyed(profile, html`<larder-profile-page .profile=${profile}></larder-profile-page>`)}`,
  },
  {
    pattern: '/profiles/:profile/packages/:package',
    title: params => `${params.package} in ${params.profile}`,
    section: 'profiles',
    load: () => import('./profiles/profile-package-page.ts'),
    render: params =>
      html`${keyed(
        `${params.profile}/${params.package}`,
        html`<larder-profile-package-page .profile=${params.profile} .package=${params.package}></larder-profile-package-page>`,
      )}`,
  },
  {
    pattern: '/profiles/:profile/packages/:package/edit',
    title: params => `Edit ${params.package} in ${params.profile}`,
    section: 'profiles',
    load: () => import('./profiles/edit-page.ts'),
    render: params =>
      html`${keyed(
        `${params.profile}/${params.package}`,
        html`<larder-edit-page .profile=${params.profile} .package=${params.package}></larder-edit-page>`,
      )}`,
  },
  {
    pattern: '/enrolment',
    title: () => 'Enrolment',
    section: 'enrolment',
    nav: { label: 'Enrolment', icon: 'enrolment' },
    load: () => import('./enrolment/enrolment-page.ts'),
    render: () => html`<larder-enrolment-page></larder-enrolment-page>`,
  },
  {
    pattern: '/explain',
    title: () => 'Explain',
    section: 'explain',
    nav: { label: 'Explain', icon: 'explain' },
    load: () => import('./explain/explain-page.ts'),
    render: () => html`<larder-explain-page></larder-explain-page>`,
  },
  {
    pattern: '/audit',
    title: () => 'Audit log',
    section: 'audit',
    nav: { label: 'Audit log', icon: 'audit' },
    load: () => import('./audit/audit-page.ts'),
    render: () => html`<larder-audit-page></larder-audit-page>`,
  },
  {
    pattern: '/settings',
    title: () => 'Settings',
    section: 'settings',
    nav: { label: 'Settings', icon: 'settings' },
    load: () => import('./settings/settings-page.ts'),
    render: () => html`<larder-settings-page></larder-settings-page>`,
  },
]
