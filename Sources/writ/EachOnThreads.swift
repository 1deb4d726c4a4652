import Synchronization

/// What `body` makes of each number, in the order of the numbers, made on so many threads.
///
/// Who finishes first takes the next number, so nothing of what is made may depend on who makes it.
func eachOnThreads<Made: Sendable>(
  _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Made
) -> [Made] {
  if threads <= 1 || count <= 1 { return (0..<count).map(body) }
  let work = SharedWork<Made>(count)
  onThreads(min(threads, count)) {
    while let number = work.take() { work.put(body(number), at: number) }
  }
  return work.finish()
}

private final class SharedWork<Made: Sendable>: Sendable {
  private struct State {
    var next = 0
    var made: [Made?]
  }
  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(made: Array(repeating: nil, count: count))) }

  func take() -> Int? {
    state.withLock { state in
      guard state.next < state.made.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  func put(_ made: Made, at number: Int) { state.withLock { $0.made[number] = made } }

  /// All of it, once all threads have ended.
  func finish() -> [Made] { state.withLock { $0.made.compactMap(\.self) } }
}
