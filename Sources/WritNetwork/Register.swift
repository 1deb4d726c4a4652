import WritModel

/// A vector of values, one a lane, or one value that stands for every lane.
///
/// A register never owns its memory: it points into the arena, a column of the facts (so reading a
/// field of neighbouring rows copies nothing), or the constants of the program.
struct Register {
  var base: UnsafeMutablePointer<Value>
  /// -1: one value a lane; 0: the first for every lane.
  var mask: Int
  /// For a slot whose lanes are neighbouring rows of one table: the first row; else -1.
  var firstRow = -1

  @inline(__always)
  subscript(lane: Int) -> Value { base[lane & mask] }
}

/// The lanes of a block that an instruction runs over, in ascending order.
struct Lanes {
  var list: UnsafeMutablePointer<UInt8>
  var count: Int
  /// Whether they are `0 ..< count`, so the list need not be read (and may not be filled).
  var isDense: Bool

  @inline(__always)
  func each(_ body: (Int) -> Void) {
    if isDense {
      for lane in 0..<count { body(lane) }
    } else {
      for index in 0..<count { body(Int(list[index])) }
    }
  }
}

/// Up to 256 frames side by side: each slot is a register.
struct Block {
  /// The most lanes of a block; a lane is named by a byte.
  static let capacity = 256

  var slots: UnsafeMutablePointer<Register>
  var slotCount: Int
  /// The business date of each lane, as dates.
  var today: Register
  /// Lanes are below this; registers made for the block have this many values.
  var width: Int
}

/// Memory for registers and lists of lanes: taken like a stack, given back in one go.
///
/// Chunks stay where they are, so a pointer is good until the mark before it is released.
struct Arena: ~Copyable {
  struct Mark {
    var chunk: Int
    var offset: Int
  }
  private var chunks: [(base: UnsafeMutableRawPointer, size: Int)] = []
  private var chunk = 0
  private var offset = 0

  init() {}

  deinit { for chunk in chunks { chunk.base.deallocate() } }

  var mark: Mark { Mark(chunk: chunk, offset: offset) }

  mutating func release(_ mark: Mark) {
    chunk = mark.chunk
    offset = mark.offset
  }

  @inline(__always)
  mutating func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let size = (bytes + 15) & ~15
    if chunk < chunks.count, offset + size <= chunks[chunk].size {
      let pointer = chunks[chunk].base + offset
      offset += size
      return pointer
    }
    return takeFromNext(size)
  }

  @inline(never)
  private mutating func takeFromNext(_ size: Int) -> UnsafeMutableRawPointer {
    var next = chunks.isEmpty ? 0 : chunk + 1
    while next < chunks.count, chunks[next].size < size { next += 1 }
    if next >= chunks.count {
      let bytes = max(size, 1 << 20)
      chunks.append((UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64), bytes))
      next = chunks.count - 1
    }
    chunk = next
    offset = size
    return chunks[next].base
  }

  @inline(__always)
  mutating func values(_ count: Int) -> UnsafeMutablePointer<Value> {
    take(count * MemoryLayout<Value>.stride).assumingMemoryBound(to: Value.self)
  }

  @inline(__always)
  mutating func lanes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    take(count).assumingMemoryBound(to: UInt8.self)
  }
}
