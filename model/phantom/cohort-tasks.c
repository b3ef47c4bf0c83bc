/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/cohort.h"

#include "model/phantom/random.h"

#include <string.h>

/* What a cohort is asked, and in which words. Sentences that the catalogue has are as it has them. */

#define DIAGNOSE(finding, preposition, organ, other, flags)                                        \
  {                                                                                                \
    .text = "Diagnose the presence of " finding " " preposition " the " organ,                     \
    .subject = (finding), .alias = (other), .place = " " preposition " the " organ,                \
    .findings = (flags)                                                                            \
  }
#define SEGMENT(organ, other, n, is_finding, ...)                                                  \
  {                                                                                                \
    .text = "Segment " organ " in the image.", .subject = (organ), .alias = (other),               \
    .values = { __VA_ARGS__ }, .n_values = (n), .in_findings = (is_finding)                        \
  }

static const SagCohortTask tasks[] = {
  DIAGNOSE ("arterial wall calcification",
            "in",
            "arteries",
            "arterial calcification",
            SAG_FINDING_AORTIC_CALCIFICATION),
  DIAGNOSE ("atelectasis",
            "in",
            "lungs",
            NULL,
            SAG_FINDING_ATELECTASIS_LEFT | SAG_FINDING_ATELECTASIS_RIGHT),
  DIAGNOSE ("cardiomegaly", "in", "heart", "enlarged heart", SAG_FINDING_CARDIOMEGALY),
  DIAGNOSE ("consolidation",
            "in",
            "lungs",
            NULL,
            SAG_FINDING_CONSOLIDATION_LEFT | SAG_FINDING_CONSOLIDATION_RIGHT),
  DIAGNOSE ("coronary artery wall calcification",
            "in",
            "heart",
            "coronary calcification",
            SAG_FINDING_CORONARY_CALCIFICATION),
  DIAGNOSE ("coronary artery disease", "in", "heart", NULL, SAG_FINDING_CORONARY_CALCIFICATION),
  DIAGNOSE (
    "emphysema", "in", "lungs", NULL, SAG_FINDING_EMPHYSEMA_LEFT | SAG_FINDING_EMPHYSEMA_RIGHT),
  DIAGNOSE ("ground-glass opacity",
            "in",
            "lungs",
            "ground-glass",
            SAG_FINDING_GROUND_GLASS_LEFT | SAG_FINDING_GROUND_GLASS_RIGHT),
  DIAGNOSE ("heart valve replacement", "in", "heart", NULL, SAG_FINDING_VALVE),
  DIAGNOSE ("hiatal hernia", "in", "diaphragm", "hiatus hernia", SAG_FINDING_HIATAL_HERNIA),
  DIAGNOSE ("lung nodule",
            "in",
            "lungs",
            "pulmonary nodule",
            SAG_FINDING_NODULE | SAG_FINDING_SCATTERED_NODULES),
  DIAGNOSE ("lung opacity",
            "in",
            "lungs",
            "pulmonary opacity",
            SAG_FINDING_CONSOLIDATION_LEFT | SAG_FINDING_CONSOLIDATION_RIGHT |
              SAG_FINDING_GROUND_GLASS_LEFT | SAG_FINDING_GROUND_GLASS_RIGHT |
              SAG_FINDING_ATELECTASIS_LEFT | SAG_FINDING_ATELECTASIS_RIGHT),
  DIAGNOSE (
    "lung resection", "in", "lungs", NULL, SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_NO_RIGHT_LUNG),
  DIAGNOSE ("lymphadenopathy", "in", "mediastinum", "enlarged lymph node", SAG_FINDING_LYMPH_NODES),
  DIAGNOSE ("medical material",
            "in",
            "chest",
            NULL,
            SAG_FINDING_PACEMAKER | SAG_FINDING_TUBE | SAG_FINDING_VALVE | SAG_FINDING_STERNOTOMY),
  DIAGNOSE ("pacemaker or defibrillator", "in", "heart", NULL, SAG_FINDING_PACEMAKER),
  DIAGNOSE ("pericardial effusion", "around", "heart", NULL, SAG_FINDING_PERICARDIAL_EFFUSION),
  DIAGNOSE ("pleural effusion",
            "around",
            "lungs",
            NULL,
            SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_EFFUSION_RIGHT),
  DIAGNOSE ("pneumothorax",
            "around",
            "lungs",
            NULL,
            SAG_FINDING_PNEUMOTHORAX | SAG_FINDING_PNEUMOTHORAX_LEFT),
  DIAGNOSE ("scattered nodules", "in", "lungs", NULL, SAG_FINDING_SCATTERED_NODULES),
  DIAGNOSE ("sternotomy", "in", "sternum", NULL, SAG_FINDING_STERNOTOMY),
  DIAGNOSE ("pleural effusion", "around", "left lung", NULL, SAG_FINDING_EFFUSION_LEFT),
  DIAGNOSE ("pleural effusion", "around", "right lung", NULL, SAG_FINDING_EFFUSION_RIGHT),
  DIAGNOSE ("pneumothorax", "around", "left lung", NULL, SAG_FINDING_PNEUMOTHORAX_LEFT),
  DIAGNOSE ("pneumothorax", "around", "right lung", NULL, SAG_FINDING_PNEUMOTHORAX),
  DIAGNOSE ("consolidation", "in", "left lung", NULL, SAG_FINDING_CONSOLIDATION_LEFT),
  DIAGNOSE ("consolidation", "in", "right lung", NULL, SAG_FINDING_CONSOLIDATION_RIGHT),
  DIAGNOSE ("ground-glass opacity", "in", "left lung", NULL, SAG_FINDING_GROUND_GLASS_LEFT),
  DIAGNOSE ("ground-glass opacity", "in", "right lung", NULL, SAG_FINDING_GROUND_GLASS_RIGHT),
  DIAGNOSE ("atelectasis", "in", "left lung", NULL, SAG_FINDING_ATELECTASIS_LEFT),
  DIAGNOSE ("atelectasis", "in", "right lung", NULL, SAG_FINDING_ATELECTASIS_RIGHT),
  DIAGNOSE ("emphysema", "in", "left lung", NULL, SAG_FINDING_EMPHYSEMA_LEFT),
  DIAGNOSE ("emphysema", "in", "right lung", NULL, SAG_FINDING_EMPHYSEMA_RIGHT),
  SEGMENT ("liver", NULL, 1, FALSE, 5),
  SEGMENT ("stomach", NULL, 1, FALSE, 6),
  SEGMENT ("spleen", NULL, 1, FALSE, 1),
  SEGMENT ("left upper pulmonary lobe", "left upper lobe", 1, FALSE, 10),
  SEGMENT ("left lower pulmonary lobe", "left lower lobe", 1, FALSE, 11),
  SEGMENT ("right upper pulmonary lobe", "right upper lobe", 1, FALSE, 12),
  SEGMENT ("right middle pulmonary lobe", "right middle lobe", 1, FALSE, 13),
  SEGMENT ("right lower pulmonary lobe", "right lower lobe", 1, FALSE, 14),
  SEGMENT ("esophagus", NULL, 1, FALSE, 15),
  SEGMENT ("tracheal airway", "trachea", 1, FALSE, 16),
  SEGMENT ("heart", "cardiac organ", 1, FALSE, 51),
  SEGMENT ("thoracic aorta", "aorta", 1, FALSE, 52),
  SEGMENT ("pulmonary vein", NULL, 1, FALSE, 53),
  SEGMENT ("left atrial appendage", NULL, 1, FALSE, 61),
  SEGMENT ("superior vena cava", NULL, 1, FALSE, 62),
  SEGMENT ("inferior vena cava", NULL, 1, FALSE, 63),
  SEGMENT ("sternum", "sternal body", 1, FALSE, 116),
  SEGMENT ("rib cartilage", "costal cartilage", 1, FALSE, 117),
  SEGMENT ("lungs", "both lungs", 5, FALSE, 10, 11, 12, 13, 14),
  { .text = "Segment the lungs in the image.",
    .subject = "lungs",
    .values = { 10, 11, 12, 13, 14 },
    .n_values = 5 },
  SEGMENT ("right lung", NULL, 3, FALSE, 12, 13, 14),
  SEGMENT ("left lung", NULL, 2, FALSE, 10, 11),
  SEGMENT ("thoracic vertebrae", NULL, 12, FALSE, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43),
  SEGMENT ("ribs",
           NULL,
           24,
           FALSE,
           92,
           93,
           94,
           95,
           96,
           97,
           98,
           99,
           100,
           101,
           102,
           103,
           104,
           105,
           106,
           107,
           108,
           109,
           110,
           111,
           112,
           113,
           114,
           115),
  SEGMENT (
    "right ribs", NULL, 12, FALSE, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115),
  SEGMENT ("left ribs", NULL, 12, FALSE, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103),
  SEGMENT ("pulmonary nodules", "lung nodules", 1, TRUE, 214),
  SEGMENT ("pleural effusion", NULL, 2, TRUE, 210, 211),
  SEGMENT ("left pleural effusion", NULL, 1, TRUE, 210),
  SEGMENT ("right pleural effusion", NULL, 1, TRUE, 211),
  SEGMENT ("pneumothorax", NULL, 2, TRUE, 215, 216),
  SEGMENT ("left pneumothorax", NULL, 1, TRUE, 216),
  SEGMENT ("right pneumothorax", NULL, 1, TRUE, 215),
  SEGMENT ("consolidation", NULL, 2, TRUE, 212, 213),
  SEGMENT ("left consolidation", NULL, 1, TRUE, 212),
  SEGMENT ("right consolidation", NULL, 1, TRUE, 213),
  SEGMENT ("ground-glass opacity", "ground-glass", 2, TRUE, 217, 218),
  SEGMENT ("emphysema", NULL, 2, TRUE, 219, 220),
  SEGMENT ("atelectasis", NULL, 2, TRUE, 221, 222),
  SEGMENT ("pericardial effusion", NULL, 1, TRUE, 223),
  SEGMENT ("coronary artery wall calcification", "coronary calcification", 1, TRUE, 224),
  SEGMENT ("arterial wall calcification", "arterial calcification", 1, TRUE, 225),
  SEGMENT ("hiatal hernia", "hiatus hernia", 1, TRUE, 226),
  SEGMENT ("enlarged lymph nodes", "lymphadenopathy", 1, TRUE, 227),
  SEGMENT ("pacemaker or defibrillator", NULL, 1, TRUE, 228),
  SEGMENT ("heart valve replacement", NULL, 1, TRUE, 230),
  SEGMENT ("medical material", NULL, 4, TRUE, 228, 229, 230, 231),
};

/* {F} is the finding, {P} the place, {S} the structure with its article. */
static const char *const diagnose_trained[] = {
  "Is there {F}{P}?",
  "Does this scan show {F}{P}?",
  "Evidence of {F}{P}.",
  "Assess the image for {F}{P}.",
  "Check whether {F} can be seen{P}.",
  "Determine if {F} is present{P}.",
  "Look for {F}{P} in this chest CT.",
  "Can {F} be seen{P} in this image?",
  "Report any {F}{P}.",
  "Diagnose {F}{P}.",
};

static const char *const diagnose_held_out[] = {
  "Does the image show evidence of {F}{P}?", "Is {F} present{P} in this scan?",
  "Look whether there is {F}{P}.",           "Check this chest CT for {F}{P}.",
  "Determine the presence of {F}{P}.",
};

static const char *const segment_trained[] = {
  "Outline {S}.",
  "Delineate {S} in this scan.",
  "Mark {S} in the image.",
  "Draw the contour of {S}.",
  "Locate {S} in the image.",
  "Show which part of the image is {S}.",
  "Segment {S} in this chest CT.",
};

static const char *const segment_held_out[] = {
  "Outline {S} in the image.", "Mark the contour of {S}.", "Locate {S} in this chest CT.",
  "Show {S} in this scan.",    "Delineate {S}.",
};

const SagCohortTask *
sag_cohort_get_tasks (guint *n_tasks)
{
  *n_tasks = G_N_ELEMENTS (tasks);
  return tasks;
}

static void
append_part (GString *sentence, const SagCohortTask *task, const char *subject, char letter)
{
  if (letter == 'S' && !g_str_has_prefix (subject, "both "))
    g_string_append (sentence, "the ");
  if (letter == 'P')
    g_string_append (sentence, task->place);
  else
    g_string_append (sentence, subject);
}

char *
sag_cohort_dup_wording (const SagCohortTask *task, SagWording kind, guint64 choice)
{
  static const struct
  {
    const char *const *templates;
    guint              n;
  } lists[2][2] = {
    { { segment_trained, G_N_ELEMENTS (segment_trained) },
      { segment_held_out, G_N_ELEMENTS (segment_held_out) } },
    { { diagnose_trained, G_N_ELEMENTS (diagnose_trained) },
      { diagnose_held_out, G_N_ELEMENTS (diagnose_held_out) } },
  };
  guint64     hash = sag_random_hash (choice, kind);
  const char *subject = task->alias != NULL && hash % 3 == 0 ? task->alias : task->subject;
  GString    *sentence = g_string_new (NULL);
  guint       diagnosis = task->findings != 0;
  const char *at = lists[diagnosis][kind].templates[(hash >> 8) % lists[diagnosis][kind].n];

  for (; *at != 0; at++)
    if (*at == '{')
      {
        append_part (sentence, task, subject, at[1]);
        at += 2;
      }
    else
      g_string_append_c (sentence, *at);
  return g_string_free (sentence, FALSE);
}
