/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/heart.h"

#include <math.h>

/* The heart with its chambers and the vessels that leave it. Their places hang on the heart's size. */

#define OVER_CHEST (SAG_OVER_LUNGS | SAG_OVER_SOFT)

/* From the middle of an ordinary heart, mm. */
static const double ordinary_centre[3] = { -23, 25, -62 };
static const double apex_direction[3] = { -0.66, 0.55, -0.51 };

void
sag_heart_place (const SagSubject *subject, const double offset[3], double place[3])
{
  for (guint a = 0; a < 3; a++)
    place[a] = ordinary_centre[a] + subject->heart_shift[a] + subject->heart * offset[a];
}

double
sag_heart_floor (const SagSubject *subject)
{
  return -110 + subject->dome_mm;
}

/* An ellipsoid of the heart: @offset from its middle for size 1, @radius for size 1 grown by @more_mm. */
static SagSolid
heart_ellipsoid (const SagSubject *subject,
                 const double      offset[3],
                 const double      radius[3],
                 double            more_mm)
{
  SagSolid solid = { .planes = { { 0, 0, -1, -sag_heart_floor (subject) + more_mm * 0.5 } } };

  sag_heart_place (subject, offset, solid.centre);
  for (guint a = 0; a < 3; a++)
    solid.radius[a] = radius[a] * subject->heart + more_mm;
  sag_solid_aim (&solid, apex_direction);
  return solid;
}

/* The outer shape: ventricles, right atrium, left atrium. */
static const struct
{
  double offset[3];
  double radius[3];
} masses[] = {
  { { -6, 4, -4 }, { 62, 46, 46 } },
  { { 36, 0, 4 }, { 26, 27, 36 } },
  { { 2, -24, 20 }, { 22, 34, 24 } },
};

void
sag_heart_add_shell (SagSubject *subject, const SagSolid *like, double more_mm)
{
  for (guint m = 0; m < G_N_ELEMENTS (masses); m++)
    {
      SagSolid mass = heart_ellipsoid (subject, masses[m].offset, masses[m].radius, more_mm);

      mass.hu = like->hu;
      mass.label = like->label;
      mass.organ = like->organ;
      mass.over = like->over;
      sag_subject_add (subject, &mass);
    }
}

void
sag_subject_add_heart (SagSubject *subject)
{
  const SagPalette *hu = &subject->hu;
  const SagSolid    fat = { .hu = hu->fat, SAG_IS_BODY, .over = OVER_CHEST };
  SagSolid          pad = { .hu = hu->fat,
                            SAG_IS_BODY,
                            .radius = { 50 * subject->heart, 42 * subject->heart, 26 },
                            .over = SAG_OVER_LUNGS };
  const SagSolid    muscle = { .hu = hu->myocardium,
                               SAG_IS_ORGAN (SAG_PHANTOM_HEART),
                               .over = OVER_CHEST | SAG_OVER_HEART };
  const struct
  {
    double offset[3];
    double radius[3];
    float  hu;
  } chambers[] = {
    { { -18, 0, -12 }, { 38, 24, 24 }, hu->arterial }, /* left ventricle */
    { { 4, 30, -4 }, { 34, 17, 27 }, hu->pulmonary },  /* right ventricle */
    { { 36, 2, 2 }, { 20, 22, 28 }, hu->venous },      /* right atrium */
    { { 2, -25, 20 }, { 18, 30, 20 }, hu->arterial },  /* left atrium */
  };
  const double appendage_offset[3] = { -34, 2, 30 }, appendage_radius[3] = { 17, 10, 12 };
  SagSolid     appendage = heart_ellipsoid (subject, appendage_offset, appendage_radius, 0);

  sag_heart_place (subject, (const double[]){ 0, 0, 0 }, pad.centre);
  pad.centre[2] = sag_heart_floor (subject) - 14;
  sag_subject_add (subject, &pad); /* it lies on the diaphragm, not on air */
  sag_heart_add_shell (subject, &fat, 5);
  sag_heart_add_shell (subject, &muscle, 0);
  for (guint c = 0; c < G_N_ELEMENTS (chambers); c++)
    {
      SagSolid chamber = heart_ellipsoid (subject, chambers[c].offset, chambers[c].radius, 0);

      chamber.hu = chambers[c].hu;
      chamber.label = chamber.organ = SAG_SOLID_KEEP;
      chamber.over = SAG_OVER_HEART;
      sag_subject_add (subject, &chamber);
    }
  appendage.hu = hu->arterial;
  appendage.label = appendage.organ = SAG_PHANTOM_ATRIAL_APPENDAGE_LEFT;
  appendage.over = OVER_CHEST | SAG_OVER_HEART;
  sag_subject_add (subject, &appendage);
}

const double sag_aorta_points[SAG_N_AORTA_POINTS][3] = {
  { -2, 22, -40 },    { 12, 26, -14 },    { 12, 18, 8 },      { 2, 4, 24 },
  { -13, -16, 27 },   { -26, -36, 17 },   { -30, -48, -6 },   { -29, -50, -70 },
  { -23, -46, -140 }, { -14, -38, -200 }, { -10, -36, -270 },
};
const double sag_aorta_radii[SAG_N_AORTA_POINTS] = { 15, 16,   15.5, 14.5, 14, 13.5,
                                                     13, 12.5, 12,   11.5, 11 };

typedef struct
{
  guint8 label;
  guint  blood; /* 0 arterial, 1 venous, 2 pulmonary */
  guint  n_points;
  double points[5][3];
  double radii[5];
} Vessel;

static const Vessel vessels[] = {
  /* pulmonary trunk and arteries */
  { SAG_PHANTOM_BODY,
    2,
    4,
    { { -16, 44, -34 }, { -18, 30, -12 }, { -22, 8, -2 }, { -34, -12, -2 } },
    { 15, 14.5, 13, 11 } },
  { SAG_PHANTOM_BODY,
    2,
    4,
    { { -18, 22, -8 }, { 4, 2, -12 }, { 30, -8, -16 }, { 46, -14, -26 } },
    { 12.5, 12, 11, 8 } },
  { SAG_PHANTOM_BODY,
    2,
    3,
    { { -34, -12, -2 }, { -48, -20, -14 }, { -54, -24, -40 } },
    { 11, 9, 6.5 } },
  { SAG_PHANTOM_BODY, 2, 2, { { 46, -14, -26 }, { 54, -22, -52 } }, { 8, 6.5 } },
  /* pulmonary veins into the left atrium */
  { SAG_PHANTOM_PULMONARY_VEIN,
    0,
    3,
    { { 8, -20, -40 }, { 32, -8, -34 }, { 52, 4, -20 } },
    { 9, 8, 6 } },
  { SAG_PHANTOM_PULMONARY_VEIN,
    0,
    3,
    { { 6, -26, -52 }, { 30, -26, -60 }, { 52, -34, -66 } },
    { 9, 8, 6 } },
  { SAG_PHANTOM_PULMONARY_VEIN,
    0,
    3,
    { { -36, -18, -38 }, { -48, -4, -28 }, { -62, 8, -14 } },
    { 9, 8, 6 } },
  { SAG_PHANTOM_PULMONARY_VEIN,
    0,
    3,
    { { -32, -26, -50 }, { -50, -28, -58 }, { -64, -36, -66 } },
    { 9, 8, 6 } },
  /* veins to the right atrium */
  { SAG_PHANTOM_SUPERIOR_VENA_CAVA,
    1,
    4,
    { { 22, 14, 32 }, { 26, 8, 8 }, { 28, 6, -16 }, { 24, 8, -42 } },
    { 9, 10, 10.5, 11 } },
  { SAG_PHANTOM_BRACHIOCEPHALIC_VEIN_LEFT,
    1,
    4,
    { { 22, 14, 32 }, { -2, 26, 44 }, { -26, 20, 56 }, { -42, 12, 70 } },
    { 8, 7.5, 7, 7 } },
  { SAG_PHANTOM_BRACHIOCEPHALIC_VEIN_RIGHT,
    1,
    3,
    { { 22, 14, 32 }, { 30, 12, 52 }, { 38, 6, 72 } },
    { 8, 7.5, 7 } },
  { SAG_PHANTOM_INFERIOR_VENA_CAVA,
    1,
    4,
    { { 24, 2, -82 }, { 24, -8, -118 }, { 24, -20, -170 }, { 22, -26, -270 } },
    { 13, 13, 13, 12 } },
  /* from the arch */
  { SAG_PHANTOM_BRACHIOCEPHALIC_TRUNK,
    0,
    3,
    { { 4, 6, 32 }, { 10, 2, 52 }, { 20, -4, 74 } },
    { 7, 6.5, 6 } },
  { SAG_PHANTOM_CAROTID_RIGHT, 0, 2, { { 20, -4, 74 }, { 24, -12, 145 } }, { 4.5, 4 } },
  { SAG_PHANTOM_SUBCLAVIAN_RIGHT,
    0,
    3,
    { { 20, -4, 74 }, { 50, -14, 90 }, { 100, -6, 84 } },
    { 5.5, 5, 5 } },
  { SAG_PHANTOM_CAROTID_LEFT,
    0,
    3,
    { { -6, -8, 36 }, { -14, -10, 74 }, { -24, -14, 145 } },
    { 4.5, 4.2, 4 } },
  { SAG_PHANTOM_SUBCLAVIAN_LEFT,
    0,
    4,
    { { -16, -22, 36 }, { -22, -26, 70 }, { -50, -16, 92 }, { -100, -6, 86 } },
    { 5.5, 5.2, 5, 5 } },
  /* jugular veins */
  { SAG_PHANTOM_BODY, 1, 2, { { 38, 6, 72 }, { 36, -2, 145 } }, { 6.5, 6 } },
  { SAG_PHANTOM_BODY, 1, 2, { { -42, 12, 70 }, { -38, -2, 145 } }, { 6.5, 6 } },
};

/* Vessels at the heart move with it, those far from it do not. */
static void
shift_with_heart (const SagSubject *subject, double (*points)[3], guint n)
{
  for (guint p = 0; p < n; p++)
    {
      double near = 1 - (points[p][2] + 50) / 70;

      near = points[p][2] < -50 ? 1 - (-points[p][2] - 50) / 70 : near;
      near = CLAMP (near, 0, 1);
      for (guint a = 0; a < 3; a++)
        points[p][a] += near * subject->heart_shift[a];
    }
}

/* Fat around the vessels between the lungs: it keeps the lungs off them. */
static void
add_sleeve (SagSubject *subject, const double (*points)[3], const double *radii, guint n_points)
{
  const SagSolid fat = { .hu = subject->hu.fat + 5, SAG_IS_BODY, .over = SAG_OVER_LUNGS };
  double         wide[SAG_N_AORTA_POINTS];

  for (guint p = 0; p < n_points; p++)
    wide[p] = radii[p] + 4;
  sag_subject_add_tube (subject, &fat, points, wide, n_points);
}

void
sag_subject_add_great_vessels (SagSubject *subject)
{
  const float    blood[] = { subject->hu.arterial, subject->hu.venous, subject->hu.pulmonary };
  SagSolid       aorta = { .hu = blood[0], SAG_IS_ORGAN (SAG_PHANTOM_AORTA) };
  const SagSolid oesophagus = { .hu = subject->hu.soft, SAG_IS_ORGAN (SAG_PHANTOM_OESOPHAGUS) };
  static const double gullet[][3] = { { 0, -40, 145 },  { -2, -40, 60 },    { -3, -40, 0 },
                                      { -2, -38, -60 }, { -10, -30, -110 }, { -26, -14, -140 } };
  static const double gullet_radii[] = { 8, 8, 8, 8.5, 9, 9 };
  double              points[6][3];

  for (guint v = 0; v < G_N_ELEMENTS (vessels); v++)
    {
      const Vessel *vessel = &vessels[v];
      SagSolid      like = { .hu = blood[vessel->blood], SAG_IS_ORGAN (vessel->label) };

      if (vessel->label == SAG_PHANTOM_INFERIOR_VENA_CAVA ||
          vessel->label == SAG_PHANTOM_PULMONARY_VEIN)
        like.over = (guint16) ~SAG_OVER_HEART;
      memcpy (points, vessel->points, sizeof vessel->points);
      shift_with_heart (subject, points, vessel->n_points);
      if (points[0][0] > -30 && points[0][0] < 30 && vessel->label != SAG_PHANTOM_PULMONARY_VEIN)
        add_sleeve (subject, points, vessel->radii, vessel->n_points);
      sag_subject_add_tube (subject, &like, points, vessel->radii, vessel->n_points);
    }
  add_sleeve (subject, gullet, gullet_radii, G_N_ELEMENTS (gullet));
  add_sleeve (subject, sag_aorta_points, sag_aorta_radii, SAG_N_AORTA_POINTS);
  sag_subject_add_tube (subject, &oesophagus, gullet, gullet_radii, G_N_ELEMENTS (gullet));
  sag_subject_add_tube (subject, &aorta, sag_aorta_points, sag_aorta_radii, SAG_N_AORTA_POINTS);
}
