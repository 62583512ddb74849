/** Acts that wait: for a change, for the page before. */
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { documentOf } from './native.ts'
import { watchChanges } from './page-changes.ts'
import { MOST_SECONDS } from './page-action.ts'

/** Until anything in the page changes, and `seconds` at most. */
export async function waitForChange(root: Element, seconds: number, { view, signal }: Hand): Promise<Outcome> {
  const most = Math.min(MOST_SECONDS, Math.max(0, seconds))
  const start = view.performance.now()
  const changed = await new Promise<boolean>((resolve) => {
    const end = (result: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      changes.close()
      resolve(result)
    }
    const stop = (): void => end(false)
    const changes = watchChanges(documentOf(root), () => end(true))
    const timer = setTimeout(stop, most * 1000)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
  if (signal.aborted) return problem('Stopped while waiting.')
  const took = ((view.performance.now() - start) / 1000).toFixed(1)
  return done(changed ? `Something changed after ${took} s.` : `Nothing changed in ${took} s.`)
}

/** Only to pages that this site showed before: where the entry before is another site's, the browser does not tell of it. */
export async function goBack(hand: Hand): Promise<Outcome> {
  const { view, signal } = hand
  const { navigation } = view as { navigation?: Navigation }
  if (navigation ? !navigation.canGoBack : view.history.length <= 1) return problem('There is no page of this site to go back to.')
  signal.throwIfAborted()
  const { href } = view.location
  view.history.back()
  await new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      view.removeEventListener('popstate', end)
      resolve(null)
    }
    const timer = setTimeout(end, 1000)
    view.addEventListener('popstate', end)
    signal.addEventListener('abort', end, { once: true })
  })
  await hand.pause()
  return done(view.location.href === href ? 'Going back.' : 'Went back.')
}
