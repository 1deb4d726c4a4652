import WritRules

/// A match that may fire: a token of a production, under one of its gates (-1: it has none).
struct Activation {
  var production: Int32
  var gate: Int32
  var token: Int32
  var generation: Int32
}

/// What waits to fire: by priority, then by age, the newest last; within an age a heap that is made
/// when it is first reached. What stopped holding stays until it is met, or until it is too much.
struct Agenda {
  final class Level {
    var age: Int32
    var heap: [Activation]
    var isHeap = false

    init(age: Int32, heap: [Activation]) {
      self.age = age
      self.heap = heap
    }
  }
  struct Stack {
    var priority: Int64
    var levels: [Level] = []
  }
  /// The highest priority first.
  private(set) var stacks: [Stack] = []
  private(set) var count = 0

  mutating func push(_ activation: Activation, priority: Int64, age: Int32) {
    count += 1
    let index = stack(priority)
    if let last = stacks[index].levels.last, last.age == age {
      last.heap.append(activation)
      last.isHeap = false
    } else {
      stacks[index].levels.append(Level(age: age, heap: [activation]))
    }
  }

  private mutating func stack(_ priority: Int64) -> Int {
    var low = 0
    var high = stacks.count
    while low < high {
      let middle = (low + high) / 2
      if stacks[middle].priority > priority { low = middle + 1 } else { high = middle }
    }
    if low == stacks.count || stacks[low].priority != priority {
      stacks.insert(Stack(priority: priority), at: low)
    }
    return low
  }

  /// The first that still holds, with its priority and age; what no longer holds is dropped.
  mutating func first(
    isLive: (Activation) -> Bool, goesBefore: (Activation, Activation) -> Bool
  ) -> (activation: Activation, priority: Int64, age: Int32)? {
    while let stack = stacks.first {
      while let level = stacks[0].levels.last {
        if !level.isHeap {
          let before = level.heap.count
          level.heap.removeAll { !isLive($0) }
          count -= before - level.heap.count
          Heap.make(&level.heap, goesBefore)
          level.isHeap = true
        }
        while let top = level.heap.first, !isLive(top) {
          Heap.pop(&level.heap, goesBefore)
          count -= 1
        }
        if let top = level.heap.first { return (top, stack.priority, level.age) }
        stacks[0].levels.removeLast()
      }
      // Dynamic priorities come and go.
      stacks.removeFirst()
    }
    return nil
  }

  /// Takes the one that `first` gave.
  mutating func popFirst(goesBefore: (Activation, Activation) -> Bool) {
    for stack in stacks {
      guard let level = stack.levels.last else { continue }
      Heap.pop(&level.heap, goesBefore)
      count -= 1
      return
    }
  }

  /// All that still hold become of one age.
  mutating func level(to age: Int32, isLive: (Activation) -> Bool) {
    count = 0
    for index in stacks.indices {
      var all: [Activation] = []
      for level in stacks[index].levels { all += level.heap.filter(isLive) }
      count += all.count
      stacks[index].levels = all.isEmpty ? [] : [Level(age: age, heap: all)]
    }
    stacks.removeAll { $0.levels.isEmpty }
  }

  /// Drops what no longer holds.
  mutating func sweep(isLive: (Activation) -> Bool) {
    count = 0
    for index in stacks.indices {
      for level in stacks[index].levels {
        let before = level.heap.count
        level.heap.removeAll { !isLive($0) }
        if level.heap.count != before { level.isHeap = false }
        count += level.heap.count
      }
      stacks[index].levels.removeAll { $0.heap.isEmpty }
    }
    stacks.removeAll { $0.levels.isEmpty }
  }

  /// The activations, in no order that may show.
  var all: [Activation] { stacks.flatMap { $0.levels.flatMap(\.heap) } }
}

/// Binary heaps in arrays; the first goes before all others.
enum Heap {
  static func make<Item>(_ items: inout [Item], _ goesBefore: (Item, Item) -> Bool) {
    guard items.count > 1 else { return }
    for index in stride(from: items.count / 2 - 1, through: 0, by: -1) {
      sink(&items, index, goesBefore)
    }
  }

  static func push<Item>(
    _ items: inout [Item], _ item: Item, _ goesBefore: (Item, Item) -> Bool
  ) {
    items.append(item)
    rise(&items, items.count - 1, goesBefore)
  }

  static func rise<Item>(
    _ items: inout [Item], _ start: Int, _ goesBefore: (Item, Item) -> Bool
  ) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard goesBefore(items[index], items[parent]) else { return }
      items.swapAt(index, parent)
      index = parent
    }
  }

  static func pop<Item>(_ items: inout [Item], _ goesBefore: (Item, Item) -> Bool) {
    guard let last = items.popLast(), !items.isEmpty else { return }
    items[0] = last
    sink(&items, 0, goesBefore)
  }

  private static func sink<Item>(
    _ items: inout [Item], _ start: Int, _ goesBefore: (Item, Item) -> Bool
  ) {
    var index = start
    while true {
      let left = 2 * index + 1
      guard left < items.count else { return }
      var least = left
      if left + 1 < items.count, goesBefore(items[left + 1], items[left]) { least = left + 1 }
      guard goesBefore(items[least], items[index]) else { return }
      items.swapAt(least, index)
      index = least
    }
  }
}
