// Plain values by their types: one template to send, one to read. Included by bridge.hpp.
#pragma once
#include <any>
#include <optional>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "wire.hpp"

namespace boost {
class any;
}

namespace sandlot {

template <class T> constexpr bool is_any = std::is_same_v<T, std::any> || std::is_same_v<T, boost::any>;
template <class T> constexpr bool is_optional = false;
template <class T> constexpr bool is_optional<std::optional<T>> = true;
template <class T> constexpr bool is_number = std::is_arithmetic_v<T>;
/** Both sides have the same declaration, so a number travels as its bytes; the tag tells of an accident. */
template <class T> constexpr char number_tag = char((std::is_integral_v<T> ? 0x40 : 0x60) + sizeof(T));

template <class T>
concept Tuple = requires { std::tuple_size<T>::value; };

/** Of the standard library, from vector to unordered_map: what is filled by inserting at its end. */
template <class T>
concept Container = requires(T container, typename T::value_type value) {
    container.size();
    container.insert(container.end(), std::move(value));
};

/** Elements of a map as they are read: their keys are not constant yet. */
template <class T> struct Element { using type = T; };
template <class K, class V> struct Element<std::pair<const K, V>> { using type = std::pair<K, V>; };

template <class T> void send(Writer& writer, const T& value);
template <class T> T read(Reader& reader);

/** What an `any` may hold; its place in the list is sent with it. */
using Anything = std::tuple<bool, char, int, unsigned, long, long long, unsigned long, float, double, std::string,
                            std::vector<int>, std::vector<double>, std::vector<std::string>>;
constexpr std::uint8_t literal = 254, nothing = 255;

template <class Any> void send_any(Writer& writer, const Any& value) {
    writer.tag('a');
    if (value.type() == typeid(void)) return writer.number(nothing);
    if (value.type() == typeid(const char*)) {
        writer.number(literal);
        return writer.text(any_cast<const char*>(value));
    }
    bool sent = false;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((!sent && value.type() == typeid(std::tuple_element_t<I, Anything>)
              ? (sent = true, writer.number(static_cast<std::uint8_t>(I)),
                 send(writer, any_cast<std::tuple_element_t<I, Anything>>(value)))
              : void()),
         ...);
    }(std::make_index_sequence<std::tuple_size_v<Anything>>());
    if (!sent) throw Unsendable(std::string("an any that holds ") + value.type().name());
}

template <class Any> Any read_any(Reader& reader) {
    reader.expect('a');
    const auto which = reader.number<std::uint8_t>();
    if (which == nothing) return Any();
    if (which == literal) {
        // Whoever keeps it may keep it for ever.
        const auto* text = new std::string(reader.text());
        return Any(text->c_str());
    }
    if (which >= std::tuple_size_v<Anything>) throw Broken("sent a value of another type");
    Any value;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((which == I ? void(value = Any(read<std::tuple_element_t<I, Anything>>(reader))) : void()), ...);
    }(std::make_index_sequence<std::tuple_size_v<Anything>>());
    return value;
}

template <class T> void send(Writer& writer, const T& value) {
    if constexpr (is_any<T>) {
        send_any(writer, value);
    } else if constexpr (is_number<T>) {
        writer.tag(number_tag<T>);
        writer.number(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        writer.tag('t');
        writer.text(value);
    } else if constexpr (is_optional<T>) {
        writer.tag(value ? 'o' : 'n');
        if (value) send(writer, *value);
    } else if constexpr (Tuple<T>) {
        writer.tag('l');
        writer.number(static_cast<std::uint32_t>(std::tuple_size_v<T>));
        std::apply([&](const auto&... parts) { (send(writer, parts), ...); }, value);
    } else if constexpr (Container<T>) {
        writer.tag('l');
        writer.number(static_cast<std::uint32_t>(value.size()));
        for (const auto& element : value) send<std::remove_cvref_t<typename T::value_type>>(writer, element);
    } else {
        static_assert(!sizeof(T), "sandlot: values of this type cannot cross the bridge");
    }
}

template <class T> T read(Reader& reader) {
    if constexpr (is_any<T>) {
        return read_any<T>(reader);
    } else if constexpr (std::is_same_v<T, bool>) {
        reader.expect(number_tag<T>);
        const auto value = reader.number<unsigned char>();
        if (value > 1) throw Broken("sent a bool that is none");
        return value == 1;
    } else if constexpr (is_number<T>) {
        reader.expect(number_tag<T>);
        return reader.number<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
        reader.expect('t');
        return reader.text();
    } else if constexpr (is_optional<T>) {
        const char tag = reader.number<char>();
        if (tag == 'n') return std::nullopt;
        if (tag != 'o') throw Broken("sent a value of another type");
        return read<typename T::value_type>(reader);
    } else if constexpr (Tuple<T>) {
        reader.expect('l');
        if (reader.count() != std::tuple_size_v<T>) throw Broken("sent a value of another type");
        T value;
        std::apply([&](auto&... parts) { ((parts = read<std::remove_cvref_t<decltype(parts)>>(reader)), ...); }, value);
        return value;
    } else if constexpr (Container<T>) {
        reader.expect('l');
        T value;
        for (auto count = reader.count(); count > 0; count--)
            value.insert(value.end(), read<typename Element<typename T::value_type>::type>(reader));
        return value;
    } else {
        static_assert(!sizeof(T), "sandlot: values of this type cannot cross the bridge");
    }
}

}  // namespace sandlot
