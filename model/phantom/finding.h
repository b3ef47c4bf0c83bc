/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

/** sag_finding_get_name: "effusion_left"; @finding is one flag. */
const char *sag_finding_get_name (SagPhantomFinding finding);

/** sag_finding_get_label: its SagPhantomLabel, or 0 where nothing is labelled: a large heart, a lung that is gone. */
guint8 sag_finding_get_label (SagPhantomFinding finding);

/** sag_finding_get_least_ml: of which less is too little to be asked about: the rest lies under other findings. */
double sag_finding_get_least_ml (SagPhantomFinding finding);

G_END_DECLS
