import './broken-gpu.ts'
import '../../workers/embedding.worker.ts'
