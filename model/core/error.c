/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"

G_DEFINE_QUARK (sag_error, sag_error)
