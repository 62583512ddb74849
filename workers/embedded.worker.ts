/** Runs the embedded model away from the page. */
import { createGenerationService } from '../src/embedded/generation-service.ts'
import { serve } from '../src/util/worker-rpc/serve.ts'

serve(createGenerationService(), self)
