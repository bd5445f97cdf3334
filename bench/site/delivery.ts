/** One way of bringing a release to every kiosk of the site. */
export interface Delivery {
  readonly seconds: number
  /** IP bytes towards the site. */
  readonly linkBytes: number
  readonly cpuSeconds: number
}
