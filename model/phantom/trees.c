/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/trees.h"

#include <math.h>

/* Trachea, and the trees inside the lungs: arteries, veins and bronchi. A tree grows from the hilum to points drawn in
 * its lung: each point, the nearest to the hilum first, is joined to the nearest branch that leads on from there. A
 * branch is as thick as what it feeds asks for: r^(8/3) is their sum, near to Murray's law and without roots that
 * machines round in their own ways.
 */

#define MAX_NODES 260

typedef struct
{
  double at[3];
  double far; /* from the hilum */
  guint  parent;
  guint  n_fed;
} Node;

static double
distance (const double a[3], const double b[3])
{
  double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];

  return sqrt (x * x + y * y + z * z);
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  double x = ((const Node *) a)->far, y = ((const Node *) b)->far;

  return (x > y) - (x < y);
}

/* nodes[0] is the root. */
static void
join (Node *nodes, guint n)
{
  for (guint i = 1; i < n; i++)
    {
      double best = G_MAXDOUBLE;

      for (guint p = 0; p < i; p++)
        {
          /* longer ways from the root count too, so that branches go outwards */
          double cost = distance (nodes[p].at, nodes[i].at) + 0.35 * nodes[p].far;

          if (cost < best)
            {
              best = cost;
              nodes[i].parent = p;
            }
        }
      nodes[i].n_fed = 1;
    }
  for (guint i = n - 1; i > 0; i--)
    nodes[nodes[i].parent].n_fed += nodes[i].n_fed;
}

static guint
draw_nodes (const SagSurvey *survey,
            SagDraw         *draw,
            guint16          over,
            const double     root[3],
            guint            n_wanted,
            Node            *nodes)
{
  guint n = 1;

  nodes[0] = (Node){ .at = { root[0], root[1], root[2] } };
  for (; n <= n_wanted && sag_survey_draw (survey, draw, over, nodes[n].at); n++)
    {
      nodes[n].far = distance (nodes[n].at, root);
      nodes[n].n_fed = nodes[n].parent = 0;
    }
  qsort (nodes + 1, n - 1, sizeof *nodes, compare_nodes);
  join (nodes, n);
  return n;
}

/* @solid's radii are those of the root and of the thinnest twig; @wall_mm is added. */
static void
add_tree (SagSubject *subject, const Node *nodes, guint n, const SagSolid *solid, double wall_mm)
{
  double twig = solid->radius[1], exponent_scale = nodes[0].n_fed > 0 ? 1.0 / nodes[0].n_fed : 1;

  for (guint i = 1; i < n; i++)
    {
      SagSolid piece = *solid;
      double   root = sqrt (sqrt (sqrt (nodes[i].n_fed * exponent_scale)));
      double   thick = twig + (solid->radius[0] - twig) * root * root * root;

      memcpy (piece.centre, nodes[nodes[i].parent].at, sizeof piece.centre);
      memcpy (piece.end, nodes[i].at, sizeof piece.end);
      piece.radius[0] = thick + wall_mm;
      piece.radius[1] = (nodes[i].n_fed > 1 ? thick * 0.85 : twig * 0.8) + wall_mm;
      g_array_append_val (subject->solids, piece);
    }
}

static const double hila[2][3] = { { -52, -18, -34 }, { 50, -16, -34 } };

static void
scale_point (const SagSubject *subject, const double point[3], double scaled[3])
{
  for (guint a = 0; a < 3; a++)
    scaled[a] = point[a] * subject->scale[a];
}

void
sag_subject_add_lung_vessels (SagSubject *subject, const SagSurvey *survey)
{
  SagDraw          draw = sag_draw (subject->seed, SAG_TOPIC_TREES);
  g_autofree Node *nodes = g_new (Node, MAX_NODES);

  for (guint side = 0; side < 2; side++)
    for (guint kind = 0; kind < 2; kind++)
      {
        SagSolid solid = { .kind = SAG_SOLID_CAPSULE,
                           .hu = kind ? subject->hu.arterial : subject->hu.pulmonary,
                           SAG_IS_TISSUE,
                           .radius = { 6.5, 0.8 },
                           .over = side ? SAG_OVER_RIGHT_LUNG : SAG_OVER_LEFT_LUNG,
                           .fine = TRUE };
        double   root[3];
        guint    n;

        scale_point (subject, hila[side], root);
        root[1] += kind ? 12 : -4;
        root[2] += kind ? -16 : 0;
        n = draw_nodes (survey, &draw, solid.over, root, kind ? 110 : 210, nodes);
        if (n > 1)
          add_tree (subject, nodes, n, &solid, 0);
      }
}

void
sag_subject_add_bronchi (SagSubject *subject, const SagSurvey *survey)
{
  SagDraw          draw = sag_draw (subject->seed, SAG_TOPIC_TREES + 1000);
  g_autofree Node *nodes = g_new (Node, MAX_NODES);

  for (guint side = 0; side < 2; side++)
    {
      SagSolid solid = { .kind = SAG_SOLID_CAPSULE,
                         .hu = subject->hu.soft,
                         SAG_IS_TISSUE,
                         .radius = { 4.2, 0.6 },
                         .over = side ? SAG_OVER_RIGHT_LUNG : SAG_OVER_LEFT_LUNG,
                         .fine = TRUE };
      double   root[3];
      guint    n;

      scale_point (subject, hila[side], root);
      n = draw_nodes (survey, &draw, solid.over, root, 34, nodes);
      if (n <= 1)
        continue;
      add_tree (subject, nodes, n, &solid, 0.7);
      solid.hu = subject->hu.air;
      add_tree (subject, nodes, n, &solid, 0);
    }
}

void
sag_subject_add_airways (SagSubject *subject)
{
  static const double windpipe[][3] = { { 0, -24, 145 }, { 1, -20, 70 }, { 2, -16, 4 } };
  static const double windpipe_radii[] = { 9, 9, 8.5 };
  static const double right[][3] = {
    { 2, -16, 4 }, { 20, -18, -16 }, { 36, -18, -28 }, { 50, -16, -34 }
  };
  static const double left[][3] = {
    { 2, -16, 4 }, { -20, -20, -16 }, { -38, -20, -26 }, { -52, -18, -34 }
  };
  static const double radii[] = { 8, 7.5, 6.5, 5 }, left_radii[] = { 7.5, 6.5, 5.8, 4.6 };
  SagSolid            lumen = { .hu = subject->hu.air, SAG_IS_ORGAN (SAG_PHANTOM_TRACHEA) };
  SagSolid            wall = { .hu = subject->hu.soft, SAG_IS_BODY };
  double              thick[4];

  for (guint p = 0; p < 4; p++)
    thick[p] = (p < 3 ? windpipe_radii[p] : 0) + 2;
  sag_subject_add_tube (subject, &wall, windpipe, thick, 3);
  for (guint p = 0; p < 4; p++)
    thick[p] = radii[p] + 1.6;
  sag_subject_add_tube (subject, &wall, right, thick, 4);
  sag_subject_add_tube (subject, &wall, left, thick, 4);
  sag_subject_add_tube (subject, &lumen, windpipe, windpipe_radii, 3);
  sag_subject_add_tube (subject, &lumen, right, radii, 4);
  sag_subject_add_tube (subject, &lumen, left, left_radii, 4);
}
