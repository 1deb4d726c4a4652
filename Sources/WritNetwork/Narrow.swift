import WritModel

/// Facts as the index reads them: a column in pages of narrow numbers.
///
/// A value has 16 bytes, a member of an enum needs one. What the index reads of a column is brought
/// to one scale and kept in 2, 4 or 8 bytes a row, a page of neighbouring rows at a time, when rows
/// of it are first decided in a block. A page of mixed kinds, or with a fault in it, stays as it is.
///
/// The column's own storage is held, so whoever writes to it afterwards writes to a copy: as long as
/// the addresses are the same, so are the values.
final class NarrowColumn {
  static let pageRows = 4096

  private let source: ContiguousArray<Value>
  private var pages: [NarrowPage?]

  init(_ source: ContiguousArray<Value>) {
    self.source = source
    pages = Array(repeating: nil, count: source.count / Self.pageRows + 1)
  }

  deinit { for page in pages { page?.codes.deallocate() } }

  /// Whether these are the values of a column.
  func mirrors(_ base: UnsafeMutablePointer<Value>, count: Int) -> Bool {
    source.count == count
      && source.withUnsafeBufferPointer { $0.baseAddress == UnsafePointer(base) }
  }

  /// The page in which a row stands.
  @inline(__always)
  func page(of row: Int) -> NarrowPage {
    let number = row / Self.pageRows
    return pages[number] ?? build(number)
  }

  @inline(never)
  private func build(_ number: Int) -> NarrowPage {
    let first = number * Self.pageRows
    let count = min(Self.pageRows, source.count - first)
    let page = source.withUnsafeBufferPointer {
      NarrowPage(UnsafeBufferPointer(rebasing: $0[first..<first + count]))
    }
    pages[number] = page
    return page
  }
}

/// Neighbouring values of one kind as numbers; those that are not known have a code of their own.
struct NarrowPage {
  /// How a value is written as a code.
  enum Width: UInt8 {
    /// Not at all: the values themselves have to be looked at.
    case none
    /// `UInt16`: the bits plus one; 0 is not known.
    case two
    /// `Int32`, `Int64`: the bits; the least number there is is not known.
    case four, eight
  }
  var width: Width
  /// What all known values are, at the scale of the codes.
  var likeness: Likeness
  var hasUnknown: Bool
  /// The greatest of the bits.
  var greatest: Int64
  var codes: UnsafeMutableRawPointer

  init(_ values: UnsafeBufferPointer<Value>) {
    let shape = Shape(values)
    likeness = shape.likeness
    hasUnknown = shape.hasUnknown
    greatest = shape.greatest
    width =
      !shape.isOfOneKind
      ? .none
      : shape.least >= 0 && shape.greatest < 65_535
        ? .two
        : shape.least > Int64(Int32.min) && shape.greatest <= Int64(Int32.max) ? .four : .eight
    switch width {
    case .none: codes = .allocate(byteCount: 1, alignment: 8)
    case .two:
      codes = shape.codes(values) {
        UInt16(truncatingIfNeeded: $0 &+ 1)
      } unknown: {
        0
      }
    case .four:
      codes = shape.codes(values) {
        Int32(truncatingIfNeeded: $0)
      } unknown: {
        Int32.min
      }
    case .eight:
      codes = shape.codes(values) {
        $0
      } unknown: {
        Int64.min
      }
    }
  }
}

/// What values have in common beside their bits.
struct Likeness: Equatable {
  var tag: Value.Tag
  var scale: UInt8
  /// The currency of money; 0 for all else.
  var currency: UInt16

  init(_ value: Value, scale: UInt8? = nil) {
    tag = value.tag
    self.scale = scale ?? value.scale
    currency = value.tag == .money ? value.aux : 0
  }
}

/// What is found of a page before it is written.
private struct Shape {
  var likeness = Likeness(.boolean(false))
  var isOfOneKind = true
  var hasUnknown = false
  /// Whether all values are known and of one scale, so that bits can be taken as they are.
  var isEven = true
  var least = Int64.max
  var greatest = Int64.min

  init(_ values: UnsafeBufferPointer<Value>) {
    guard let first = values.first(where: \.isKnown) else {
      hasUnknown = true
      isEven = false
      isOfOneKind = !values.isEmpty && !values.contains(where: \.isFault)
      (least, greatest) = (0, 0)
      return
    }
    var scale = first.scale
    likeness = Likeness(first)
    for value in values {
      if value.tag == first.tag, value.scale == scale, value.aux == first.aux {
        least = min(least, value.bits)
        greatest = max(greatest, value.bits)
        continue
      }
      isEven = false
      if value.isFault {
        isOfOneKind = false
        return
      } else if !value.isKnown {
        hasUnknown = true
      } else {
        scale = max(scale, value.scale)
        let isAlike = Likeness(value, scale: 0) == Likeness(first, scale: 0)
        if !isAlike || value.tag == .list {
          isOfOneKind = false
          return
        }
      }
    }
    if first.tag == .list { isOfOneKind = false }
    likeness = Likeness(first, scale: scale)
    defer {
      // Both ends have a meaning of their own.
      if least == .min || greatest == .max { isOfOneKind = false }
    }
    guard !isEven else { return }
    (least, greatest) = (.max, .min)
    for value in values where value.isKnown {
      guard let bits = Self.bits(value, at: scale) else {
        isOfOneKind = false
        return
      }
      least = min(least, bits)
      greatest = max(greatest, bits)
    }
  }

  private static func bits(_ value: Value, at scale: UInt8) -> Int64? {
    if value.scale == scale { return value.bits }
    let (product, overflow) = value.bits.multipliedReportingOverflow(
      by: Decimal.powerOfTen(Int(scale - value.scale)))
    return overflow ? nil : product
  }

  @inline(__always)
  func codes<Code>(
    _ values: UnsafeBufferPointer<Value>, _ code: (Int64) -> Code, unknown: () -> Code
  ) -> UnsafeMutableRawPointer {
    let codes = UnsafeMutablePointer<Code>.allocate(capacity: max(values.count, 1))
    if isEven {
      for index in values.indices { codes[index] = code(values[index].bits) }
    } else {
      for (index, value) in values.enumerated() {
        codes[index] =
          value.isKnown ? code(Self.bits(value, at: likeness.scale) ?? 0) : unknown()
      }
    }
    return UnsafeMutableRawPointer(codes)
  }
}
