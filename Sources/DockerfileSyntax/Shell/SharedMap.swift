/// Values by name, whose copies share what they have in common: each command of a script keeps the variables that it finds, and
/// a script of ten thousand assignments would keep ten thousand tables otherwise.
///
/// A tree in the order of the names, balanced by priorities that are hashes of the names: the same names give the same tree,
/// and no input can make it deep, because each process has a random seed.
struct SharedMap<Value: Sendable & Equatable>: Sendable {
    private final class Node: Sendable {
        let key: String
        let value: Value
        let priority: Int
        let left: Node?
        let right: Node?

        init(key: String, value: Value, priority: Int, left: Node?, right: Node?) {
            self.key = key
            self.value = value
            self.priority = priority
            self.left = left
            self.right = right
        }

        func with(left: Node?, right: Node?) -> Node {
            Node(key: key, value: value, priority: priority, left: left, right: right)
        }
    }

    private var root: Node?

    /// The value of a name; nil removes it.
    subscript(key: String) -> Value? {
        get {
            var node = root
            while let here = node {
                if here.key == key { return here.value }
                node = key < here.key ? here.left : here.right
            }
            return nil
        }
        set {
            if let newValue {
                root = Self.inserting(root, key: key, value: newValue, priority: key.hashValue)
            } else if self[key] != nil {
                root = Self.removing(root, key)
            }
        }
    }

    /// The names, in their order.
    var keys: [String] {
        var keys: [String] = []
        Self.visit(root) { keys.append($0.key) }
        return keys
    }

    /// Returns what a closure makes of each name and value, in the order of the names.
    func compactMap<Result>(_ transform: (String, Value) -> Result?) -> [Result] {
        var results: [Result] = []
        Self.visit(root) { node in
            if let result = transform(node.key, node.value) { results.append(result) }
        }
        return results
    }

    /// The names that another map does not have, or has with another value, and those that only it has.
    func differingKeys(_ other: SharedMap) -> Set<String> {
        var keys: Set<String> = []
        Self.differ(root, other.root) { key in
            if self[key] != other[key] { keys.insert(key) }
        }
        return keys
    }

    private static func differ(_ left: Node?, _ right: Node?, _ body: (String) -> Void) {
        if left === right { return }
        if let left, let right, left.key == right.key {
            if left.value != right.value { body(left.key) }
            differ(left.left, right.left, body)
            differ(left.right, right.right, body)
            return
        }
        // One name more turns the tree around it: what stands on both sides of the name is shared as before.
        if let left, let right, left.priority != right.priority {
            let (higher, lower) = left.priority > right.priority ? (left, right) : (right, left)
            body(higher.key)
            let (before, after) = parted(lower, at: higher.key)
            differ(higher.left, before, body)
            differ(higher.right, after, body)
            return
        }
        visit(left) { body($0.key) }
        visit(right) { body($0.key) }
    }

    /// Returns the trees of the names before and after another one, which is in neither.
    private static func parted(_ node: Node?, at key: String) -> (before: Node?, after: Node?) {
        guard let node else { return (nil, nil) }
        if node.key == key { return (node.left, node.right) }
        if key < node.key {
            let (before, after) = parted(node.left, at: key)
            return (before, after === node.left ? node : node.with(left: after, right: node.right))
        }
        let (before, after) = parted(node.right, at: key)
        return (before === node.right ? node : node.with(left: node.left, right: before), after)
    }

    private static func visit(_ node: Node?, _ body: (Node) -> Void) {
        guard let node else { return }
        visit(node.left, body)
        body(node)
        visit(node.right, body)
    }

    private static func inserting(_ node: Node?, key: String, value: Value, priority: Int) -> Node {
        guard let node else { return Node(key: key, value: value, priority: priority, left: nil, right: nil) }
        if node.key == key {
            return Node(key: key, value: value, priority: node.priority, left: node.left, right: node.right)
        }
        if key < node.key {
            let left = inserting(node.left, key: key, value: value, priority: priority)
            guard left.priority > node.priority else { return node.with(left: left, right: node.right) }
            return left.with(left: left.left, right: node.with(left: left.right, right: node.right))
        }
        let right = inserting(node.right, key: key, value: value, priority: priority)
        guard right.priority > node.priority else { return node.with(left: node.left, right: right) }
        return right.with(left: node.with(left: node.left, right: right.left), right: right.right)
    }

    private static func removing(_ node: Node?, _ key: String) -> Node? {
        guard let node else { return nil }
        if node.key == key { return joined(node.left, node.right) }
        return key < node.key
            ? node.with(left: removing(node.left, key), right: node.right)
            : node.with(left: node.left, right: removing(node.right, key))
    }

    private static func joined(_ left: Node?, _ right: Node?) -> Node? {
        guard let left else { return right }
        guard let right else { return left }
        return left.priority > right.priority
            ? left.with(left: left.left, right: joined(left.right, right))
            : right.with(left: joined(left, right.left), right: right.right)
    }
}
