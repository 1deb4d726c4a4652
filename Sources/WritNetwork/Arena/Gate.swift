import WritModel
import WritRules

/// Tokens behind gates: those of a production that hold, the first to fire on top, whichever gate
/// opens. What was met under one gate is put aside and comes back for the next.
final class ReadyHeap {
  struct Item {
    var token: Int32
    var generation: Int32
    var priority: Int64
  }
  private var heap: [Item] = []
  /// How many of them are in heap order.
  private var ordered = 0
  private var passed: [Item] = []

  var count: Int { heap.count + passed.count }

  func add(_ item: Item) { heap.append(item) }

  func add(_ items: [Item]) { heap += items }

  /// The first that `isLive`.
  func first(isLive: (Item) -> Bool, goesBefore: (Item, Item) -> Bool) -> Item? {
    if ordered < heap.count {
      if heap.count - ordered > ordered / 8 + 2 {
        heap.removeAll { !isLive($0) }
        Heap.make(&heap, goesBefore)
      } else {
        // `rise` sees what stands above it only.
        for index in ordered..<heap.count { Heap.rise(&heap, index, goesBefore) }
      }
      ordered = heap.count
    }
    while let top = heap.first {
      if isLive(top) { return top }
      Heap.pop(&heap, goesBefore)
      ordered = heap.count
    }
    return nil
  }

  /// Puts the first aside.
  func pass(goesBefore: (Item, Item) -> Bool) {
    guard let top = heap.first else { return }
    passed.append(top)
    Heap.pop(&heap, goesBefore)
    ordered = heap.count
  }

  /// Puts aside what fired already.
  func putAside(where hasFired: (Item) -> Bool) {
    passed += heap.filter(hasFired)
    heap.removeAll(where: hasFired)
    ordered = 0
  }

  /// Takes back what was put aside.
  func restore() {
    heap += passed
    passed.removeAll(keepingCapacity: true)
  }

  func sweep(isLive: (Item) -> Bool) {
    heap.removeAll { !isLive($0) }
    passed.removeAll { !isLive($0) }
    ordered = 0
  }

  var items: [Item] { heap + passed }
  var waiting: [Item] { heap }
}

/// The gates of one production: rows of the patterns that are no part of its tokens, and what holds
/// of no record; an instance is a row for each.
final class GateState {
  final class Instance {
    let id: Int32
    let rows: [Int32]
    let birth: Int32
    /// Its own heap where another instance has the shared one.
    var own: ReadyHeap?

    init(id: Int32, rows: [Int32], birth: Int32, own: ReadyHeap?) {
      self.id = id
      self.rows = rows
      self.birth = birth
      self.own = own
    }
  }
  var rows: [[Int32]]
  var instances: [Instance] = []
  var isClosedTrue = true
  var closedStamp: UInt64 = 0
  private var nextID: Int32 = 0
  /// Of instances that were, for what still stands in a heap.
  private var past: [Int32: [Int32]] = [:]

  /// The rows of an instance, also of one that is no more.
  func rows(of id: Int32) -> [Int32] {
    instances.first { $0.id == id }?.rows ?? past[id] ?? []
  }

  func close(_ instance: Instance) {
    instances.removeAll { $0 === instance }
    past[instance.id] = instance.rows
  }

  func forgetPast() { past.removeAll(keepingCapacity: true) }

  init(slots: Int) { rows = Array(repeating: [], count: slots) }

  func makeID() -> Int32 {
    nextID &+= 1
    return nextID
  }
}
