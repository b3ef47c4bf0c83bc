/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/survey.h"

G_BEGIN_DECLS

/** sag_subject_add_findings_around: what lies around the heart and the vessels, and is covered by them. */
void sag_subject_add_findings_around (SagSubject *subject);

/** sag_subject_add_findings_within: what fills lungs and pleura, calcifications and devices, with the trees of the
 * lungs between them. */
void sag_subject_add_findings_within (SagSubject *subject);

/* Parts of the latter. */
void sag_subject_add_lung_findings (SagSubject *subject, const SagSurvey *survey);
void sag_subject_add_pleural_findings (SagSubject *subject, const SagSurvey *survey);
void sag_subject_add_nodules (SagSubject *subject, const SagSurvey *survey);
void sag_subject_add_calcifications (SagSubject *subject);
void sag_subject_add_devices (SagSubject *subject);

static inline gboolean
sag_subject_has (const SagSubject *subject, guint finding)
{
  return (subject->findings & finding) != 0;
}

G_END_DECLS
