/// When to look again after files changed: once they have been quiet for a moment, and not later
/// than a longer moment after the first change, however busy they are.
///
/// Times are nanoseconds of any clock that goes forward.
public struct Debounce: Sendable {
  public static let quietNanoseconds: Int64 = 25_000_000
  public static let longestNanoseconds: Int64 = 250_000_000
  private var first: Int64?
  private var last: Int64 = 0

  public init() {}

  /// Something changed.
  public mutating func changed(at time: Int64) {
    if first == nil { first = time }
    last = time
  }

  /// When to look; nil: nothing changed.
  public var due: Int64? {
    first.map { min(last + Self.quietNanoseconds, $0 + Self.longestNanoseconds) }
  }

  /// Whether it is time to look; then the changes are taken as seen.
  public mutating func take(at time: Int64) -> Bool {
    guard let due, time >= due else { return false }
    first = nil
    return true
  }
}
