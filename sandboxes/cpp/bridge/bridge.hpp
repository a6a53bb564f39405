// The call bridge for C++ (docs/bridge.md): what tests and the program that they call have in common. Precompiled.
#pragma once
// What tests in the style of HumanEval expect to be there.
#include <algorithm>
#include <climits>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <math.h>
#include <set>
#include <stdio.h>
#include <stdlib.h>
#include <string>
#include <vector>

#include "errors.hpp"
#include "values.hpp"

namespace sandlot {

/** Arguments that are copied back after the call: references to what may change. */
template <class Parameter>
constexpr bool is_copied_back =
    std::is_lvalue_reference_v<Parameter> && !std::is_const_v<std::remove_reference_t<Parameter>>;

/** The two sides of calls of a function with this signature. */
template <class Signature> struct Function;

template <class Result, class... Parameters> struct Function<Result(Parameters...)> {
    /** The tests' side: the frame of a call. */
    static Writer call(const std::remove_cvref_t<Parameters>&... arguments) {
        // What the program's side will need, so that a type that cannot cross is found where the tests are compiled.
        [[maybe_unused]] const auto reads = std::make_tuple(&read<std::remove_cvref_t<Parameters>>...);
        if constexpr (!std::is_void_v<Result>) [[maybe_unused]] const auto sends = &send<std::remove_cv_t<Result>>;
        Writer writer(Kind::call);
        (send(writer, arguments), ...);
        return writer;
    }

    /** The tests' side: the value that came back; changes the arguments that were passed by reference. */
    static Result answer(Reader& reader, const std::remove_cvref_t<Parameters>&... arguments) {
        const auto copy_back = [&] { (take_back<Parameters>(reader, arguments), ...); reader.end(); };
        if constexpr (std::is_void_v<Result>) {
            copy_back();
        } else {
            auto result = read<std::remove_cv_t<Result>>(reader);
            copy_back();
            return result;
        }
    }

    /** The program's side: calls `function` as a frame says; answers the frame that tells what came of it. */
    template <class F> static Writer serve(Reader& reader, F function) {
        std::tuple<std::remove_cvref_t<Parameters>...> arguments;
        std::apply([&](auto&... each) { ((each = read<std::remove_cvref_t<decltype(each)>>(reader)), ...); }, arguments);
        reader.end();
        Writer writer(Kind::returned);
        if constexpr (std::is_void_v<Result>) {
            std::apply(function, arguments);
        } else {
            const std::remove_cv_t<Result> result = std::apply(function, arguments);
            send(writer, result);
        }
        std::apply([&](const auto&... each) { (give_back<Parameters>(writer, each), ...); }, arguments);
        return writer;
    }

private:
    template <class Parameter>
    static void take_back(Reader& reader, const std::remove_cvref_t<Parameter>& argument) {
        // The tests' own object, which the signature says may be changed.
        if constexpr (is_copied_back<Parameter>)
            const_cast<std::remove_cvref_t<Parameter>&>(argument) = read<std::remove_cvref_t<Parameter>>(reader);
    }

    template <class Parameter>
    static void give_back(Writer& writer, const std::remove_cvref_t<Parameter>& argument) {
        if constexpr (is_copied_back<Parameter>) send(writer, argument);
    }
};

}  // namespace sandlot
