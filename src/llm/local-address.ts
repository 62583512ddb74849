/** Tells addresses of this computer and of private networks, which browsers treat apart and which need no internet. */

/** Whether an address belongs to this computer or to a private network. */
export function isLocal(baseURL: string): boolean {
  const host = new URL(baseURL).hostname.replaceAll(/^\[|\]$/g, '')
  return (
    /^(localhost|.*\.localhost|.*\.local|[^.:]+)$/i.test(host) ||
    /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|0)\.[\d.]+$/.test(host) ||
    /^(::1?|(f[cd]|fe[89ab])[\da-f]*:.*)$/i.test(host)
  )
}
