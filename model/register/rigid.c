/* SPDX-License-Identifier: Apache-2.0 */
#include "model/register/register-private.h"

#include <math.h>

SagRigid
sag_rigid_init (const double centre[3], const double shift[3])
{
  SagRigid rigid = { .turn = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };

  for (guint a = 0; a < 3; a++)
    {
      rigid.centre[a] = centre[a];
      rigid.shift[a] = shift[a];
    }
  return rigid;
}

/* Rodrigues' formula: I + sin(t) K + (1 - cos(t)) K^2, where K is the cross product with the unit axis. */
static void
turn_of (const double vector[3], double turn[3][3])
{
  double angle = sqrt (vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
  double s = sin (angle), c = 1 - cos (angle);
  double u[3] = { 0 };

  for (guint a = 0; angle > 0 && a < 3; a++)
    u[a] = vector[a] / angle;
  for (guint a = 0; a < 3; a++)
    for (guint b = 0; b < 3; b++)
      turn[a][b] = c * (u[a] * u[b] - (a == b)) + (a == b);
  for (guint a = 0; a < 3; a++)
    {
      guint b = (a + 1) % 3, d = (a + 2) % 3;

      turn[d][b] += s * u[a];
      turn[b][d] -= s * u[a];
    }
}

SagRigid
sag_rigid_step (const SagRigid *rigid, const double step[6])
{
  SagRigid to = *rigid;
  double   turn[3][3];

  turn_of (step, turn);
  for (guint a = 0; a < 3; a++)
    {
      to.shift[a] += step[3 + a];
      for (guint b = 0; b < 3; b++)
        {
          to.turn[a][b] = 0;
          for (guint c = 0; c < 3; c++)
            to.turn[a][b] += turn[a][c] * rigid->turn[c][b];
        }
    }
  return to;
}

void
sag_rigid_to_matrix (const SagRigid *rigid, double matrix[3][4])
{
  for (guint a = 0; a < 3; a++)
    {
      matrix[a][3] = rigid->centre[a] + rigid->shift[a];
      for (guint b = 0; b < 3; b++)
        {
          matrix[a][b] = rigid->turn[a][b];
          matrix[a][3] -= rigid->turn[a][b] * rigid->centre[b];
        }
    }
}

double
sag_rigid_angle_degrees (const SagRigid *rigid)
{
  double cosine = (rigid->turn[0][0] + rigid->turn[1][1] + rigid->turn[2][2] - 1) / 2;

  return acos (CLAMP (cosine, -1, 1)) * (180 / G_PI);
}

/* By Cholesky's decomposition, A = L L^T. */
gboolean
sag_rigid_solve (const double a[6][6], const double b[6], double x[6])
{
  double l[6][6] = { { 0 } };

  for (guint i = 0; i < 6; i++)
    for (guint j = 0; j <= i; j++)
      {
        double sum = a[j][i];

        for (guint k = 0; k < j; k++)
          sum -= l[i][k] * l[j][k];
        if (i == j && !(sum > 0))
          return FALSE;
        l[i][j] = i == j ? sqrt (sum) : sum / l[j][j];
      }
  for (guint i = 0; i < 6; i++)
    {
      x[i] = b[i];
      for (guint k = 0; k < i; k++)
        x[i] -= l[i][k] * x[k];
      x[i] /= l[i][i];
    }
  for (guint i = 6; i-- > 0;)
    {
      for (guint k = i + 1; k < 6; k++)
        x[i] -= l[k][i] * x[k];
      x[i] /= l[i][i];
    }
  return TRUE;
}
