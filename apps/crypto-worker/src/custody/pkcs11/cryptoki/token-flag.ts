/** CKF_* of CK_TOKEN_INFO (PKCS#11 v3.2 §3.2.3) that an operator can act upon. */
export const tokenFlag = {
  loginRequired: 0x4,
  userPinInitialized: 0x8,
  protectedAuthenticationPath: 0x100,
  tokenInitialized: 0x400,
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
  userPinToBeChanged: 0x80000,
} as const;

export type TokenFlag = keyof typeof tokenFlag;

export const tokenFlagsOf = (flags: number): readonly TokenFlag[] =>
  (Object.keys(tokenFlag) as TokenFlag[]).filter((name) => (flags & tokenFlag[name]) !== 0);
