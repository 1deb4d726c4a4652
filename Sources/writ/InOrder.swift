import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The order of a work that several threads share: pieces are numbered when they are taken, and some
/// stages are passed one piece at a time, in the order of the numbers.
///
/// What is touched in a turn of one stage only, or only while taking, needs no other guard. The first
/// piece that ends the work, by failing or by having had enough, ends it for all behind it; the
/// pieces before it are finished. So what a run does is the same however many threads do it.
final class InOrder: @unchecked Sendable {
  /// Where turns are taken.
  enum Stage: Int { case settling, writing }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let taking = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var taken = 0
  /// The number whose turn it is, a stage; changed under the lock, looked at without it.
  private let next = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 2)
  /// Pieces from this number on are not wanted any more.
  private var stop = Int.max
  private var failure: Failure?

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_mutex_init(taking, nil)
    pthread_cond_init(changed, nil)
    for stage in 0..<2 { (next + stage).initialize(to: Atomic(0)) }
  }

  deinit {
    next.deinitialize(count: 2)
    next.deallocate()
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(taking)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    taking.deallocate()
    mutex.deallocate()
  }

  /// Takes the next piece, if there is one and it is wanted, and numbers it.
  func take<Piece>(_ body: () throws(Failure) -> Piece?) -> (number: Int, piece: Piece)? {
    pthread_mutex_lock(taking)
    defer { pthread_mutex_unlock(taking) }
    guard taken < locked({ stop }) else { return nil }
    do throws(Failure) {
      if let piece = try body() {
        taken += 1
        return (taken - 1, piece)
      }
      end(before: taken, nil)
    } catch {
      end(before: taken, error)
    }
    return nil
  }

  /// How often a turn is looked for before sleeping: some twenty microseconds. Who gives way meanwhile
  /// may wait a thousand for the processor.
  private static let looks = 20_000

  /// Waits for a piece's turn and runs `body`; false if the piece is not wanted any more, or the last
  /// that is (`body` says so by false, or fails).
  func inTurn(_ stage: Stage, _ number: Int, _ body: () throws(Failure) -> Bool) -> Bool {
    let turn = next + stage.rawValue
    // Mostly the turn comes soon: to fall asleep and be woken takes longer.
    for _ in 0..<Self.looks where turn.pointee.load(ordering: .acquiring) == number { break }
    pthread_mutex_lock(mutex)
    while turn.pointee.load(ordering: .acquiring) != number, number < stop {
      pthread_cond_wait(changed, mutex)
    }
    let isWanted = number < stop
    pthread_mutex_unlock(mutex)
    guard isWanted else { return false }
    var goesOn = false
    do throws(Failure) {
      goesOn = try body()
      if !goesOn { end(before: number + 1, nil) }
    } catch {
      end(before: number, error)
    }
    locked { turn.pointee.store(number + 1, ordering: .releasing) }
    pthread_cond_broadcast(changed)
    return goesOn
  }

  /// Runs `body` while no other thread does so.
  func alone(_ body: () -> Void) { locked(body) }

  /// What went wrong first, in the order of the pieces. Ask when all threads have ended.
  func finish() throws(Failure) {
    if let failure { throw failure }
  }

  private func end(before number: Int, _ failure: Failure?) {
    locked {
      guard number < stop else { return }
      stop = number
      self.failure = failure
    }
    pthread_cond_broadcast(changed)
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// Runs `body` on so many threads, this one among them, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var threads: [pthread_t] = []
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  // As much as the first thread has, so that what it can compute all can.
  pthread_attr_setstacksize(&attributes, 8 << 20)
  for _ in 1..<max(count, 1) {
    let work = Unmanaged.passRetained(Work(body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let code = pthread_create(
        &thread, &attributes,
        { pointer in
          Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
          return nil
        }, work.toOpaque())
      if code == 0, let thread { threads.append(thread) } else { work.release() }
    #else
      var thread = pthread_t()
      let code = pthread_create(
        &thread, &attributes,
        { pointer in
          if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
          return nil
        }, work.toOpaque())
      // With fewer threads the same is done, only later.
      if code == 0 { threads.append(thread) } else { work.release() }
    #endif
  }
  pthread_attr_destroy(&attributes)
  body()
  for thread in threads { pthread_join(thread, nil) }
}

/// How many processors there are for this program.
func processorCount() -> Int {
  max(1, min(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 64))
}
