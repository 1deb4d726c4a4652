/// Which objects a touched row concerns, flat: of each kind and column, and of each kind and record
/// type whose records come or go.
final class Concerns {
  /// Objects of one kind, ascending: twice the object, and one more where it is touched in any case.
  struct List {
    var base: UnsafeMutablePointer<Int32>
    var count: Int

    @inline(__always)
    subscript(index: Int) -> (object: Int, isAlways: Bool) {
      let entry = base[index]
      return (Int(entry >> 1), entry & 1 != 0)
    }
  }
  typealias Kind = MatchPlan.Users.Kind

  private let lists: UnsafeMutablePointer<List>
  private let entries: UnsafeMutablePointer<Int32>
  /// Where the lists of several columns are merged, by kind: two stretches each.
  private let merged: UnsafeMutablePointer<UnsafeMutablePointer<Int32>>
  private let places: Int
  private let columnCount: Int

  init(_ plan: MatchPlan) {
    columnCount = plan.columnCount
    places = plan.columnCount + plan.virtual + 1
    let users = plan.users + plan.recordUsers
    lists = .allocate(capacity: Kind.allCases.count * places)
    merged = .allocate(capacity: Kind.allCases.count * 2)
    var total = 0
    for user in users { for kind in Kind.allCases { total += user[kind].count } }
    entries = .allocate(capacity: max(total, 1))
    var next = 0
    for kind in Kind.allCases {
      var objects = Set<Int32>()
      for (place, user) in users.enumerated() {
        let list = user[kind]
        (entries + next).initialize(from: list, count: list.count)
        (lists + (kind.rawValue * places + place)).initialize(
          to: List(base: entries + next, count: list.count))
        next += list.count
        for entry in list { objects.insert(entry >> 1) }
      }
      for half in 0..<2 {
        (merged + (kind.rawValue * 2 + half)).initialize(
          to: .allocate(capacity: max(objects.count, 1)))
      }
    }
  }

  deinit {
    for index in 0..<Kind.allCases.count * 2 { merged[index].deallocate() }
    merged.deallocate()
    lists.deallocate()
    entries.deallocate()
  }

  @inline(__always)
  func ofColumn(_ column: Int32, _ kind: Kind) -> List {
    lists[kind.rawValue * places + Int(column)]
  }

  @inline(__always)
  func ofRecord(_ record: Int, _ kind: Kind) -> List {
    lists[kind.rawValue * places + columnCount + record]
  }

  /// What any of some columns concerns, each once. Good until the kind is asked for again.
  @inline(__always)
  func ofColumns(_ columns: UnsafePointer<Int32>, _ count: Int, _ kind: Kind) -> List {
    var found = ofColumn(columns[0], kind)
    var half = 0
    for index in 1..<max(count, 1) {
      let other = ofColumn(columns[index], kind)
      if other.count == 0 { continue }
      if found.count == 0 {
        found = other
        continue
      }
      found = merge(found, other, merged[kind.rawValue * 2 + half])
      half ^= 1
    }
    return found
  }

  private func merge(_ a: List, _ b: List, _ out: UnsafeMutablePointer<Int32>) -> List {
    var (i, j, count) = (0, 0, 0)
    while i < a.count || j < b.count {
      if j == b.count || i < a.count && a.base[i] >> 1 < b.base[j] >> 1 {
        out[count] = a.base[i]
        i += 1
      } else if i == a.count || b.base[j] >> 1 < a.base[i] >> 1 {
        out[count] = b.base[j]
        j += 1
      } else {
        out[count] = a.base[i] | b.base[j]
        i += 1
        j += 1
      }
      count += 1
    }
    return List(base: out, count: count)
  }
}

/// A list in unsafe memory that grows at its end and is emptied at once. It is not copied: whoever
/// makes it frees it.
struct Stretch<Element> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity = 16

  init() { base = .allocate(capacity: 16) }

  func free() { base.deallocate() }

  var isEmpty: Bool { count == 0 }

  @inline(__always)
  subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    base[count] = element
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    grown.update(from: base, count: count)
    base.deallocate()
    base = grown
    capacity *= 2
  }

  @inline(__always)
  mutating func removeAll() { count = 0 }

  var all: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}
