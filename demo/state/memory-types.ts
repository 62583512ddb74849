/** Short names for the parts of a memory's answers. */
export type {
  EpisodeListing as Episode,
  FeedbackEntry as Feedback,
  Field,
  ImportProgress,
  ImportResult,
  MemoryEvent,
  MemoryStats as Stats,
  ShownSummary as Summary,
  TrajectoryStatus as Status,
} from 'reprise'
