/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/survey.h"

G_BEGIN_DECLS

/** sag_subject_add_lung_vessels: arteries and veins in the lungs that @survey found; they stay lung. */
void sag_subject_add_lung_vessels (SagSubject *subject, const SagSurvey *survey);

/** sag_subject_add_bronchi: likewise; after what fills the lungs, so that air shows in it. */
void sag_subject_add_bronchi (SagSubject *subject, const SagSurvey *survey);

G_END_DECLS
