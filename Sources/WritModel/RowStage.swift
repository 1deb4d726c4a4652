/// Rows on their way from bytes into a table: typed, column by column, not yet appended.
///
/// Appending to a table costs a check a column and a key to look for; a stage does that for some
/// hundred rows at a time. It is empty whenever a reader rests, so no order is lost.
final class RowStage {
  static let capacity = 512

  /// Where a row stands in the bytes that are being read, and in the file.
  struct Place {
    var start: Int
    var end: Int
    var line: Int
  }

  let width: Int
  /// Columns whose texts may wait to be interned.
  var textColumns: [Int] = []
  /// One a field of the record, each with room for `capacity` values.
  let columns: UnsafeMutablePointer<UnsafeMutablePointer<Value>>
  let places: UnsafeMutablePointer<Place>
  var count = 0

  init(width: Int) {
    self.width = width
    columns = .allocate(capacity: max(width, 1))
    for index in 0..<max(width, 1) {
      columns[index] = .allocate(capacity: Self.capacity)
      columns[index].initialize(
        repeating: .missing(Cause(.blankField)), count: Self.capacity)
    }
    places = .allocate(capacity: Self.capacity)
  }

  deinit {
    for index in 0..<max(width, 1) { columns[index].deallocate() }
    columns.deallocate()
    places.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  /// Takes the row whose values stand at `count`.
  @inline(__always)
  func commit(_ start: Int, _ end: Int, line: Int) {
    places[count] = Place(start: start, end: end, line: line)
    count += 1
  }
}
